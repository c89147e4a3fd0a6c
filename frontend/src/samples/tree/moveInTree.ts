/** From token to token of a tree by arrow keys. */

import type { BeamNode } from "../types";
import type { TreeLayout } from "./treeLayout";

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/**
 * Returns the token beside `node`: the one before it, the one that goes straight on, or at the same depth that of the next row above or
 * below. At an edge it is the token itself.
 */
export function moveInTree(
  nodes: readonly BeamNode[],
  { chains }: TreeLayout,
  node: number,
  direction: Direction,
): number {
  if (direction === "ArrowLeft") {
    const parent = nodes[node]?.parent ?? -1;
    return parent < 0 ? node : parent;
  }
  const placed = chains.flatMap(({ tokens, row }) => tokens.map((token) => ({ node: token.node, row })));
  if (direction === "ArrowRight") {
    const row = placed.find((token) => token.node === node)?.row;
    const following = placed.filter((token) => nodes[token.node]?.parent === node);
    return (following.find((token) => token.row === row) ?? following[0])?.node ?? node;
  }
  const depths = depthsOf(nodes);
  const level = placed.filter((token) => depths[token.node] === depths[node]).sort((one, other) => one.row - other.row);
  const at = level.findIndex((token) => token.node === node);
  return level[at + (direction === "ArrowUp" ? -1 : 1)]?.node ?? node;
}

function depthsOf(nodes: readonly BeamNode[]): number[] {
  const depths: number[] = [];
  for (const { parent } of nodes) depths.push(parent < 0 ? 0 : (depths[parent] as number) + 1);
  return depths;
}

/** Returns a token and all before it. */
export function pathTo(nodes: readonly BeamNode[], node: number | null): Set<number> {
  const path = new Set<number>();
  for (let at = node ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) path.add(at);
  return path;
}
