import { expect, test } from "vitest";
import type { BeamNode } from "../types";
import { moveInTree, pathTo } from "./moveInTree";
import { layoutTree } from "./treeLayout";

//  0 ─ 2 ─ 4
//  │   └ 5
//  1 ─ 3
const nodes: BeamNode[] = [-1, -1, 0, 1, 2, 2].map((parent, i) => ({
  parent,
  token: String(i),
  probability: 1,
  score: -i,
  best: [0, 2, 4].includes(i),
  end: false,
}));
const layout = layoutTree(nodes, () => 10);

test.each([
  ["ArrowLeft", [0, 1, 0, 1, 2, 2]],
  ["ArrowRight", [2, 3, 4, 3, 4, 5]],
  ["ArrowUp", [0, 0, 2, 2, 4, 4]],
  ["ArrowDown", [1, 1, 3, 3, 5, 5]],
] as const)("%s", (direction, expected) => {
  expect(nodes.map((_, node) => moveInTree(nodes, layout, node, direction))).toEqual(expected);
});

test("pathTo is a token and all before it", () => {
  expect([...pathTo(nodes, 5)]).toEqual([5, 2, 0]);
  expect(pathTo(nodes, null).size).toBe(0);
});
