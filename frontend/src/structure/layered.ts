/**
 * A layered drawing of a graph: boxes in rows, lines from row to row. After Sugiyama, Tagawa, Toda, "Methods for visual understanding of
 * hierarchical system structures", 1981; what is too near is set apart by pooling adjacent violators (Barlow et al. 1972).
 */

import type { Point } from "./lineEnds";

export interface Size {
  width: number;
  height: number;
}

export interface LayeredLine {
  /** Indices of boxes, never twice the same. */
  from: number;
  to: number;
  /** How far from the middle of a box it meets it, where it may not choose. */
  fromX: number;
  toX: number;
  /** Of its label, which has a place of its own; 0 for none. */
  label: Size;
}

export interface Layered extends Size {
  /** Of each box, from the upper left corner of all. */
  centres: Point[];
  /** Of each line what lies between its ends, at least one point; it is upright within each row. */
  bends: Point[][];
  labels: (Point | null)[];
}

export interface Gaps {
  boxes: number;
  lines: number;
  rows: number;
}

/** A piece of a line, from one row to the next. */
interface Link {
  other: number;
  /** Where it meets this end, and the other, from their middles. */
  ownX: number;
  otherX: number;
}

interface Graph {
  /** Of each box, then of each point at which a line passes a row. */
  sizes: Size[];
  rows: number[];
  above: Link[][];
  below: Link[][];
  /** Which line a point belongs to; -1 for boxes. */
  chains: number[];
}

const ORDER_SWEEPS = 12;
const PLACE_SWEEPS = 8;
/** After them, that look one way at a time. */
const SMOOTH_SWEEPS = 16;
/** Long lines are kept straight before boxes are put in the middle. */
const STRAIGHT = { bends: 8, mixed: 2, boxes: 1 };
/** Of a box without lines. */
const LEAST_WEIGHT = 0.1;
/** Of the points of a line, to be above each other. */
const UPRIGHT = 60;

/**
 * Lays out boxes.
 *
 * Args:
 *   boxes: in an order in which most lines lead onwards; only those against it lead upwards.
 *   lines: between them.
 *   firsts: how many boxes at the beginning have a row of their own above all others.
 *   lasts: the same at the end, below all others.
 */
export function layered(
  boxes: readonly Size[],
  lines: readonly LayeredLine[],
  firsts: number,
  lasts: number,
  gaps: Gaps,
): Layered {
  const rows = rowsOf(boxes.length, lines, firsts, lasts);
  // Every second row is for labels.
  const graph: Graph = {
    sizes: [...boxes],
    rows: rows.map((row) => 2 * row),
    above: boxes.map(() => []),
    below: boxes.map(() => []),
    chains: boxes.map(() => -1),
  };
  const chains = lines.map((line, chain) => addChain(graph, line, chain));
  const members: number[][] = [];
  graph.rows.forEach((row, vertex) => {
    while (members.length <= row) members.push([]);
    (members[row] as number[]).push(vertex);
  });
  sortRows(members, graph);
  const x = placesOf(members, graph, gaps);
  const { tops, heights, height } = heightsOf(members, graph, gaps.rows);
  const middleOf = (vertex: number): Point => {
    const row = graph.rows[vertex] as number;
    return { x: x[vertex] as number, y: (tops[row] as number) + (heights[row] as number) / 2 };
  };
  const width = graph.sizes.reduce((most, size, vertex) => Math.max(most, (x[vertex] as number) + size.width / 2), 0);
  return {
    width,
    height,
    centres: boxes.map((_, box) => middleOf(box)),
    bends: chains.map(({ vertices, isUp }) => {
      const points = vertices.flatMap((vertex): Point[] => {
        const { x, y } = middleOf(vertex);
        const half = (heights[graph.rows[vertex] as number] as number) / 2;
        return half > 0
          ? [
              { x, y: y - half },
              { x, y: y + half },
            ]
          : [{ x, y }];
      });
      return isUp ? points.reverse() : points;
    }),
    labels: chains.map(({ label }) => (label < 0 ? null : middleOf(label))),
  };
}

/** Returns the row of each box: below all that it hears, and near to what hears it where that is more. */
function rowsOf(count: number, lines: readonly LayeredLine[], firsts: number, lasts: number): number[] {
  const rows = Array.from({ length: count }, (_, box): number => (firsts > 0 && box >= firsts ? 1 : 0));
  const above: number[][] = rows.map(() => []);
  const below: number[][] = rows.map(() => []);
  for (const { from, to } of lines) {
    const [upper, lower] = [Math.min(from, to), Math.max(from, to)];
    (above[lower] as number[]).push(upper);
    (below[upper] as number[]).push(lower);
  }
  const rowOf = (box: number) => rows[box] as number;
  for (let box = firsts; box < count; box++)
    for (const upper of above[box] as number[]) rows[box] = Math.max(rowOf(box), rowOf(upper) + 1);
  const lowest = Math.max(-1, ...rows.slice(0, count - lasts)) + 1;
  for (let box = count - lasts; box < count; box++) rows[box] = lowest;
  for (let box = count - lasts - 1; box >= firsts; box--) {
    const heardBy = below[box] as number[];
    if (heardBy.length > (above[box] as number[]).length) rows[box] = Math.min(...heardBy.map(rowOf)) - 1;
  }
  return rows;
}

/** Adds the points at which a line passes rows, and returns them from top to bottom. */
function addChain(
  graph: Graph,
  line: LayeredLine,
  chain: number,
): { vertices: number[]; label: number; isUp: boolean } {
  const { from, to, label } = line;
  const isUp = from > to;
  const [upper, lower] = isUp ? [to, from] : [from, to];
  const link = (one: number, other: number) => {
    const upperX = one === upper ? (isUp ? line.toX : line.fromX) : 0;
    const lowerX = other === lower ? (isUp ? line.fromX : line.toX) : 0;
    (graph.below[one] as Link[]).push({ other, ownX: upperX, otherX: lowerX });
    (graph.above[other] as Link[]).push({ other: one, ownX: lowerX, otherX: upperX });
  };
  const [top, bottom] = [graph.rows[upper] as number, graph.rows[lower] as number];
  // An odd row near the middle.
  const middle = (top + bottom) / 2;
  const labelRow = label.width > 0 ? middle - ((middle + 1) % 2) : -1;
  const vertices: number[] = [];
  let labelled = -1;
  let before = upper;
  for (let row = top + 1; row < bottom; row++) {
    const vertex = graph.rows.length;
    graph.rows.push(row);
    graph.sizes.push(row === labelRow ? label : { width: 0, height: 0 });
    graph.chains.push(chain);
    graph.above.push([]);
    graph.below.push([]);
    link(before, vertex);
    if (row === labelRow) labelled = vertex;
    vertices.push(vertex);
    before = vertex;
  }
  link(before, lower);
  return { vertices, label: labelled, isUp };
}

/** Sorts each row by where its neighbours are, in turns from above and from below, and keeps the order with the fewest crossings. */
function sortRows(members: number[][], graph: Graph): void {
  const places: number[] = [];
  const number = (row: readonly number[]) => {
    row.forEach((vertex, place) => {
      places[vertex] = place;
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

/** Returns the x of each vertex: near its neighbours, lines upright, and apart from those in its row. */
function placesOf(members: readonly (readonly number[])[], graph: Graph, gaps: Gaps): number[] {
  const { above, below, chains, sizes } = graph;
  const isBend = chains.map((chain) => chain >= 0);
  const x: number[] = [];
  const weightOf = (one: number, other: number) =>
    STRAIGHT[isBend[one] && isBend[other] ? "bends" : isBend[one] || isBend[other] ? "mixed" : "boxes"];
  const offsets = members.map((row) => {
    let at = 0;
    return row.map((vertex, place) => {
      const before = row[place - 1];
      if (before !== undefined) {
        const gap = isBend[before] && isBend[vertex] ? gaps.lines : gaps.boxes;
        at += ((sizes[before] as Size).width + (sizes[vertex] as Size).width) / 2 + gap;
      }
      return at;
    });
  });
  members.forEach((row, at) => {
    const middle = ((offsets[at] as number[]).at(-1) ?? 0) / 2;
    row.forEach((vertex, place) => {
      x[vertex] = (offsets[at]?.[place] as number) - middle;
    });
  });
  for (let sweep = 0; sweep < PLACE_SWEEPS + SMOOTH_SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    const isSmooth = sweep >= PLACE_SWEEPS;
    const upright = isSmooth ? meansOf(chains, x) : [];
    for (let step = 0; step < members.length; step++) {
      const at = isDown ? step : members.length - 1 - step;
      const row = members[at] as number[];
      const wanted: number[] = [];
      const weights: number[] = [];
      for (const vertex of row) {
        const one = (isDown ? above : below)[vertex] as Link[];
        const near = isSmooth || one.length === 0 ? [...(above[vertex] as Link[]), ...(below[vertex] as Link[])] : one;
        const straight = upright[chains[vertex] as number];
        let weight = straight === undefined ? 0 : UPRIGHT;
        let sum = weight * (straight ?? 0);
        for (const { other, ownX, otherX } of near) {
          const share = weightOf(vertex, other);
          weight += share;
          sum += share * ((x[other] as number) + otherX - ownX);
        }
        wanted.push(weight > 0 ? sum / weight : (x[vertex] as number));
        weights.push(weight > 0 ? weight : LEAST_WEIGHT);
      }
      setApart(wanted, weights, offsets[at] as number[]).forEach((place, which) => {
        x[row[which] as number] = place;
      });
    }
  }
  const left = sizes.reduce((least, { width }, vertex) => Math.min(least, (x[vertex] as number) - width / 2), 0);
  return x.map((place) => place - left);
}

/** Returns the mean x of the points of each line. */
function meansOf(chains: readonly number[], x: readonly number[]): number[] {
  const sums: number[] = [];
  const counts: number[] = [];
  chains.forEach((chain, vertex) => {
    if (chain < 0) return;
    sums[chain] = (sums[chain] ?? 0) + (x[vertex] as number);
    counts[chain] = (counts[chain] ?? 0) + 1;
  });
  return sums.map((sum, chain) => sum / (counts[chain] as number));
}

/** Returns the places nearest to those wanted, by weighted squares, that lie at least as far apart as the offsets. */
export function setApart(wanted: readonly number[], weights: readonly number[], offsets: readonly number[]): number[] {
  const pools: { sum: number; weight: number; count: number }[] = [];
  wanted.forEach((place, which) => {
    const weight = weights[which] as number;
    let pool = { sum: weight * (place - (offsets[which] as number)), weight, count: 1 };
    for (;;) {
      const before = pools.at(-1);
      if (!before || before.sum / before.weight <= pool.sum / pool.weight) break;
      pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, count: before.count + pool.count };
    }
    pools.push(pool);
  });
  const means = pools.flatMap(({ sum, weight, count }) => new Array<number>(count).fill(sum / weight));
  return means.map((mean, which) => mean + (offsets[which] as number));
}

/** Returns where each row begins and how high it is; between two rows of boxes there is one gap, labels or not. */
function heightsOf(members: readonly (readonly number[])[], { sizes }: Graph, gap: number) {
  const heights = members.map((row) => row.reduce((most, vertex) => Math.max(most, sizes[vertex]?.height ?? 0), 0));
  const tops: number[] = [];
  let at = 0;
  heights.forEach((height, row) => {
    if (row > 0) at += gap / 2;
    tops.push(at);
    at += height;
  });
  return { tops, heights, height: at };
}
