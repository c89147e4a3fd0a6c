import { expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { attentionHeader, layerHeader } from "../../testing/records";
import { measureAt, wallRows } from "./wallRows";

const header = attentionHeader([
  layerHeader({ path: "encoder/block_0/attention", role: "encoder self", heads: 2 }),
  layerHeader({ path: "decoder/cross_attention", role: "cross", heads: 3 }),
  layerHeader({ path: "encoder/block_1/attention", role: "encoder self", heads: 2 }),
]);
const measures: Measures = {
  steps: [0, 5],
  names: ["entropy", "confidence"],
  rows: 7,
  layers: [],
  values: Float32Array.from({ length: 28 }, (_, index) => (index < 14 ? 0 : (index % 14) / 14)),
};

it("is by layer, with a heading for each role and short names", () => {
  const rows = wallRows(header, null, 0, "layer");
  expect(rows.map(({ label, heading, heads }) => [label, heading, heads.length])).toEqual([
    ["0", "encoder self", 2],
    ["1", "", 2],
    ["0", "cross", 3],
  ]);
  expect(rows[1]?.heads[0]).toEqual({ layer: 2, head: 0 });
});

it("or by a measure, the largest first, each row with the value of its first", () => {
  const rows = wallRows(header, measures, 5, "confidence");
  expect(rows.map(({ heads }) => heads.length)).toEqual([3, 3, 1]);
  expect(rows[0]?.heads[0]).toEqual({ layer: 2, head: 1 });
  expect(rows[0]?.label).toBe("0.92");
  expect(wallRows(header, null, 5, "confidence")[0]?.label).toBe("–");
});

it("knows no measures of other heads", () => {
  expect(measureAt(header, measures, 5, { layer: 1, head: 2 }, "entropy")).toBeCloseTo(8 / 14);
  expect(measureAt(header, { ...measures, rows: 3 }, 5, { layer: 0, head: 0 }, "entropy")).toBeNaN();
  expect(measureAt(header, measures, 3, { layer: 0, head: 0 }, "entropy")).toBeNaN();
});
