import { describe, expect, it } from "vitest";
import { structureEdge, structureHeader, structureTensor } from "../testing";
import { buildTree } from "../tree";
import { type GroupLines, inPort, liftEdges, outPort } from "./lines";

function lift(nodes: string[], edges: Parameters<typeof structureHeader>[1], hidden: "mask"[] = []) {
  const header = structureHeader(nodes, edges);
  return liftEdges(buildTree(header), header.edges, new Set(hidden));
}
const brief = (group: GroupLines | undefined) => group?.lines.map(({ from, to, edges }) => [from, to, edges]);

describe("edges lifted to groups", () => {
  it("merges tensors that go the same way, and leads them through borders", () => {
    const groups = lift(
      ["a", "a/x", "b", "b/y", "b/z"],
      [
        ["a/x", "b/y"],
        ["a/x", "b/z"],
        ["b/y", "b/z"],
      ],
    );
    expect(brief(groups.get("model"))).toEqual([["a", "b", [0, 1]]]);
    expect(brief(groups.get("a"))).toEqual([["a/x", outPort("b", "data"), [0, 1]]]);
    expect(brief(groups.get("b"))).toEqual([
      [inPort("a", "data"), "b/y", [0]],
      [inPort("a", "data"), "b/z", [1]],
      ["b/y", "b/z", [2]],
    ]);
    expect(groups.get("b")?.ins).toEqual([inPort("a", "data")]);
    expect(groups.get("b")?.outs).toEqual([]);
  });

  it("shows what passes the borders of groups, each tensor once", () => {
    // The encoder returns what its last layer returned, and its state; a cell in a loop takes one step of a sequence.
    const carrying = (target: string, tensor: number, leaves: number[], enters: number[]) =>
      structureEdge("a/x", target, { tensor, leaves, enters });
    const header = structureHeader(
      ["a", "a/x", "b", "b/loop", "b/loop/cell", "c"],
      [carrying("b/loop/cell", 0, [1], [3, 2]), carrying("c", 0, [1], []), carrying("c", 4, [-1], [])],
      [0, 1, 2, 3, 4].map((size) => structureTensor([size])),
    );
    const groups = liftEdges(buildTree(header), header.edges);
    const carried = (key: string) => groups.get(key)?.lines.map(({ from, to, carried }) => [from, to, carried]);
    expect(carried("model")).toEqual([
      ["a", "b", [1]],
      ["a", "c", [1, 4]],
    ]);
    expect(carried("a")?.map(([, , tensors]) => tensors)).toEqual([[0], [0, 4]]);
    expect(carried("b")?.map(([, , tensors]) => tensors)).toEqual([[2]]);
    expect(carried("b/loop")?.map(([, , tensors]) => tensors)).toEqual([[3]]);
  });

  it("keeps kinds apart and leaves out those that are hidden", () => {
    const edges = [structureEdge("a", "b"), structureEdge("a", "b", { kind: "mask" })];
    expect(brief(lift(["a", "b"], edges).get("model"))).toHaveLength(2);
    expect(brief(lift(["a", "b"], edges, ["mask"]).get("model"))).toEqual([["a", "b", [0]]]);
  });

  it("knows layers that hear themselves, and groups that compute something themselves", () => {
    const groups = lift(
      ["a", "a/x"],
      [
        ["a/x", "a/x"],
        ["a", "a/x"],
        ["a/x", "a"],
      ],
    );
    expect(brief(groups.get("a"))).toEqual([
      ["a/x", "a/x", [0]],
      ["a itself", "a/x", [1]],
      ["a/x", "a itself", [2]],
    ]);
  });
});
