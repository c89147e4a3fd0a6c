import { expect, it } from "vitest";
import { type Frame, FrameError } from "../wire/frame";
import { readStructure } from "./record";
import { structureEdge as edge, structureNode as node, structureHeader } from "./testing";

function frameOf(change: object): Frame {
  const header = { ...structureHeader(["a"], [["inputs/x", "a"]]), ...change };
  return { header: JSON.parse(JSON.stringify(header)), arrays: new Map(), buffer: new ArrayBuffer(0) };
}

const model = node("model", { parent: "" });

it("takes a record whose parts fit each other", () => {
  expect(readStructure(frameOf({})).nodes.map(({ path }) => path)).toEqual(["model", "a"]);
});

it.each([
  [{ nodes: [] }, "do not fit each other"],
  [{ nodes: [model, node("a", { parent: "a" })] }, "do not fit each other"],
  [{ nodes: [model, model] }, "do not fit each other"],
  [{ nodes: [node("a", { parent: "b" })] }, "do not fit each other"],
  [{ nodes: [model, node("b", { parent: "c" }), node("c", { parent: "b" })] }, "do not fit each other"],
  [{ edges: [edge("a", "nowhere")] }, "do not fit each other"],
  [{ edges: [edge("a", "outputs/0", { tensor: 7 })] }, "do not fit each other"],
  [{ edges: [edge("a", "outputs/0", { leaves: [1e9] })] }, "do not fit each other"],
  [{ nodes: 3 }, "nodes of a record is 3; expected a list"],
])("refuses %j", (change, sentence) => {
  expect(() => readStructure(frameOf(change))).toThrow(FrameError);
  expect(() => readStructure(frameOf(change))).toThrow(sentence);
});
