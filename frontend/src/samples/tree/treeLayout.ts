/** Where the tokens of a beam search are: depth to the right, hypotheses below each other. */

import type { BeamNode } from "../types";

/** A token, in pixels. */
export interface PlacedToken {
  node: number;
  left: number;
  width: number;
}

/** Tokens that follow each other without a choice, in one line. */
export interface Chain {
  tokens: PlacedToken[];
  /** From 0 on top. */
  row: number;
  left: number;
  right: number;
  /** Index of the chain that it continues, -1: the prompt. */
  parent: number;
}

export interface TreeLayout {
  /** Every chain after its parent. */
  chains: Chain[];
  rows: number;
  width: number;
}

/** Where chains begin, all rows leave this much room, so that no line to a chain crosses a token. */
export const GAP = 24;
/** Where the first tokens begin. */
export const ROOT = 16;

/** A chain before it has a place: depths count from 0. */
interface Line {
  nodes: number[];
  first: number;
  parent: number;
  /** It goes on in the row of its parent. */
  isStraight: boolean;
}

/**
 * Lays out a tree. The best hypothesis is a straight line on top; of what continues another chain, what reaches furthest goes straight
 * on. All others begin in the first free row.
 *
 * Args:
 *     nodes: every node after its parent.
 *     widthOf: of a node as it is drawn, in pixels.
 */
export function layoutTree(nodes: readonly BeamNode[], widthOf: (node: BeamNode) => number): TreeLayout {
  const widths = nodes.map(widthOf);
  const lines = linesOf(nodes);
  const rows = rowsOf(lines);
  const starts = startsOf(lines, widths);
  const chains = lines.map(({ nodes: chained, first, parent }, line): Chain => {
    let end = 0;
    const tokens = chained.map((node, i) => {
      const width = widths[node] as number;
      const left = Math.max(end, starts[first + i] ?? 0);
      end = left + width;
      return { node, left, width };
    });
    return { tokens, row: rows[line] as number, left: tokens[0]?.left ?? 0, right: end, parent };
  });
  return {
    chains,
    rows: rows.reduce((most, row) => Math.max(most, row + 1), 0),
    width: chains.reduce((most, { right }) => Math.max(most, right), ROOT),
  };
}

/** Returns the chains of single children, every one after its parent, by rising depth. */
function linesOf(nodes: readonly BeamNode[]): Line[] {
  const children: number[][] = nodes.map(() => []);
  const roots: number[] = [];
  nodes.forEach(({ parent }, node) => {
    (children[parent] ?? roots).push(node);
  });
  const reaches = nodes.map(() => 1);
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { parent } = nodes[node] as BeamNode;
    if (parent >= 0) reaches[parent] = Math.max(reaches[parent] as number, (reaches[node] as number) + 1);
  }
  const order = (one: number, other: number) => {
    const [a, b] = [nodes[one] as BeamNode, nodes[other] as BeamNode];
    const further = (reaches[other] as number) - (reaches[one] as number);
    return Number(b.best) - Number(a.best) || further || b.score - a.score || one - other;
  };
  const begin = (starts: number[], first: number, parent: number) =>
    starts.sort(order).map((node, index): Line => ({ nodes: [node], first, parent, isStraight: index === 0 }));

  const lines: Line[] = [];
  let open = begin(roots, 0, -1);
  while (open.length > 0) {
    // Those that begin first come first, which is what makes rows few.
    const first = open.reduce((least, line) => Math.min(least, line.first), Number.POSITIVE_INFINITY);
    const now = open.filter((line) => line.first === first);
    open = open.filter((line) => line.first !== first);
    for (const line of now) {
      let next = children[line.nodes[0] as number] as number[];
      while (next.length === 1) {
        line.nodes.push(next[0] as number);
        next = children[next[0] as number] as number[];
      }
      open.push(...begin(next, first + line.nodes.length, lines.length));
      lines.push(line);
    }
  }
  return lines;
}

/** Returns the row of each line: that of its parent, or the first one that is free as far as it goes straight on. */
function rowsOf(lines: readonly Line[]): number[] {
  const lasts = lines.map(({ first, nodes }) => first + nodes.length - 1);
  for (let line = lines.length - 1; line >= 0; line--) {
    const { parent, isStraight } = lines[line] as Line;
    if (isStraight && parent >= 0) lasts[parent] = lasts[line] as number;
  }
  const taken: number[] = [];
  const rows: number[] = [];
  lines.forEach(({ first, parent, isStraight }, line) => {
    let row = rows[parent] ?? 0;
    if (!isStraight) for (row = 1; (taken[row] ?? -1) >= first; ) row++;
    taken[row] = Math.max(taken[row] ?? -1, lasts[line] as number);
    rows.push(row);
  });
  return rows;
}

/** Returns where the depths begin at which chains do; in between tokens follow each other closely. */
function startsOf(lines: readonly Line[], widths: readonly number[]): number[] {
  const depths = [...new Set(lines.map(({ first }) => first))].sort((one, other) => one - other);
  const place = new Map(depths.map((depth, i) => [depth, i]));
  // Of the tokens from one such depth to the next, in the chain that needs most.
  const rooms = depths.map(() => 0);
  for (const { nodes, first } of lines) {
    let at = place.get(first) as number;
    let room = 0;
    nodes.forEach((node, i) => {
      const next = place.get(first + i);
      if (next !== undefined && next !== at) [at, room] = [next, 0];
      room += widths[node] as number;
      rooms[at] = Math.max(rooms[at] as number, room);
    });
  }
  const starts: number[] = [];
  let start = ROOT;
  depths.forEach((depth, i) => {
    starts[depth] = start;
    start += (rooms[i] as number) + GAP;
  });
  return starts;
}
