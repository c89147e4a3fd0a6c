/** In which order the boxes of each row stand, so that few lines cross. */

import type { Graph, Link, Size } from "./graph";

const ORDER_SWEEPS = 12;

/** Sorts each row by where its neighbours are, in turns from above and from below, and keeps the order with the fewest crossings. */
export function sortRows(members: number[][], graph: Graph): void {
  const places: number[] = [];
  const number = (row: readonly number[]) => {
    row.forEach((vertex, index) => {
      places[vertex] = index;
    });
  };
  members.forEach(number);
  let fewest = crossings(members, graph, places);
  let best = members.map((row) => [...row]);
  for (let sweep = 0; sweep < ORDER_SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const neighbours = isDown ? graph.above : graph.below;
    for (const row of isDown ? members : members.toReversed()) {
      const wanted = new Map(
        row.map((vertex) => [vertex, meanPlace(neighbours[vertex] as Link[], graph, places, vertex)]),
      );
      row.sort((one, other) => (wanted.get(one) as number) - (wanted.get(other) as number));
      number(row);
    }
    const crossed = crossings(members, graph, places);
    if (crossed >= fewest) continue;
    fewest = crossed;
    best = members.map((row) => [...row]);
  }
  best.forEach((row, at) => {
    members[at] = row;
  });
}

function meanPlace(links: readonly Link[], graph: Graph, places: readonly number[], vertex: number): number {
  if (links.length === 0) return places[vertex] as number;
  return links.reduce((sum, link) => sum + placeOf(link, graph, places), 0) / links.length;
}

/** Returns the place in its row at which a link ends, with where along the box. */
function placeOf({ other, otherX }: Link, { sizes }: Graph, places: readonly number[]): number {
  return (places[other] as number) + (otherX === 0 ? 0 : otherX / (sizes[other] as Size).width);
}

/** Returns how many lines cross: pairs that are the other way round in the next row. */
function crossings(members: readonly (readonly number[])[], graph: Graph, places: readonly number[]): number {
  let total = 0;
  for (const row of members) {
    const ends = row.flatMap((vertex) =>
      (graph.below[vertex] as Link[])
        .map((link) => ({ from: link.ownX, to: placeOf(link, graph, places) }))
        .sort((one, other) => one.from - other.from || one.to - other.to)
        .map(({ to }) => to),
    );
    const rising = [...new Set(ends)].sort((one, other) => one - other);
    const ranks = new Map(rising.map((end, rank) => [end, rank]));
    total += inversions(ends.map((end) => ranks.get(end) as number));
  }
  return total;
}

/** Counts with a tree of partial sums (Fenwick 1994). */
function inversions(values: readonly number[]): number {
  const most = values.reduce((one, other) => Math.max(one, other), 0);
  const sums = new Int32Array(most + 2);
  let count = 0;
  values.forEach((value, seen) => {
    let notLarger = 0;
    for (let at = value + 1; at > 0; at -= at & -at) notLarger += sums[at] as number;
    count += seen - notLarger;
    for (let at = value + 1; at < sums.length; at += at & -at) sums[at] = (sums[at] as number) + 1;
  });
  return count;
}
