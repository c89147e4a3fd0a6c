import { expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { structureHeader, structureNode } from "../testing";
import { buildTree } from "../tree";
import { heatRows } from "./heatRows";

const blocks = [0, 1, 2].flatMap((at) => [
  structureNode(`decoder/block_${at}`, { repeats: "block" }),
  structureNode(`decoder/block_${at}/dense`),
]);
const tree = buildTree(structureHeader(["embedding", "drop", "decoder", ...blocks, "head"]));
const layers = ["embedding", "drop", "decoder", "head", ...blocks.map(({ path }) => path)];
const measures: Measures = {
  steps: [0, 1],
  names: ["gradient_norm"],
  rows: layers.length,
  layers,
  values: Float32Array.from([...layers, ...layers], (path, at) => (path === "drop" || at === 3 ? Number.NaN : 1)),
};
const told = (open: string[], most = 4) =>
  heatRows(tree, new Set(["model", ...open]), measures, "gradient_norm", most).map(({ name, row }) =>
    row === null ? `[${name}]` : name,
  );

it("has a row for each layer that is drawn and was measured at some step", () => {
  expect(told([])).toEqual(["embedding", "decoder", "head"]);
});

it("has rows for each of what is drawn as one box", () => {
  expect(told(["decoder"])).toEqual(["embedding", "[decoder]", "block_0", "block_1", "block_2", "head"]);
});

it("has rows for what is in the others where the first is drawn for all", () => {
  const [repeats] = tree.byKey.get("decoder")?.children ?? [];
  const dense = ["block_0/dense", "block_1/dense", "block_2/dense"];
  const folded = ["decoder", repeats?.key ?? "", "decoder/block_0"];
  expect(told(folded, 2)).toEqual(["embedding", "[decoder]", ...dense, "head"]);
  expect(told(folded, 4)).toEqual(["embedding", "[decoder]", "block_0/dense", "block_1", "block_2", "head"]);
});
