/**
 * A layered drawing of a graph: boxes in rows, lines from row to row. After Sugiyama, Tagawa, Toda, "Methods for visual understanding of
 * hierarchical system structures", 1981.
 */

import type { Gaps, Graph, Layered, LayeredLine, Link, Size } from "./graph";
import type { Point } from "./lineEnds";
import { sortRows } from "./rowOrder";
import { placesOf } from "./rowPlaces";

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

/**
 * Returns where each row begins and how high it is; between two rows of boxes there is one gap, labels or not, and half of one between a
 * box and where lines pass the border.
 */
function heightsOf(members: readonly (readonly number[])[], { sizes }: Graph, gap: number) {
  const heights = members.map((row) => row.reduce((most, vertex) => Math.max(most, sizes[vertex]?.height ?? 0), 0));
  const last = heights.length - 1;
  const isAtBorder = (row: number) => (heights[0] === 0 && row <= 2) || (heights[last] === 0 && row >= last - 1);
  const tops: number[] = [];
  let at = 0;
  heights.forEach((height, row) => {
    if (row > 0) at += isAtBorder(row) ? gap / 4 : gap / 2;
    tops.push(at);
    at += height;
  });
  return { tops, heights, height: at };
}
