import { expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import { quantised } from "../testing";
import { boundOf, weightAt } from "../weights";
import { ofContributions, stillOfContributions } from "./contributions";
import { hasValues, type LoadedRecord } from "./record";

const weights = quantised([
  [0.5, 0.5, 0],
  [0, 1, 0],
  [Number.NaN, 0, 0.5],
]);
const matrix = { ...weights, valueNorms: Float32Array.from([0.5, 2, 8]) };
const layer = layerHeader({ path: "encoder", queries: 3, keys: 3 });
const header = attentionHeader([layer]);
const record: LoadedRecord = {
  address: { run: "run", tag: "attention/probe", step: 0, written: 0 },
  header,
  layer: 0,
  head: 0,
  heads: [0],
  matrices: new Map([[0, matrix]]),
  thumbnails: [[null]],
};

it("multiplies weights by the lengths of the values", () => {
  const found = ofContributions(record).matrices.get(0);
  if (!found) throw new Error("no head");
  const rows = [0, 1, 2].map((query) => [0, 1, 2].map((key) => weightAt(found, query, key)));
  const expected = [
    [0.25, 1, 0],
    [0, 2, 0],
    [Number.NaN, 0, 4],
  ];
  rows.forEach((row, query) => {
    row.forEach((value, key) => {
      const wanted = expected[query]?.[key] as number;
      if (Number.isNaN(wanted)) expect(value).toBeNaN();
      else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(boundOf(found));
    });
  });
  expect(boundOf(found)).toBeGreaterThanOrEqual(boundOf(weights) * 8);
});

it("asks for the lengths of all heads", () => {
  expect(hasValues(record)).toBe(true);
  expect(hasValues({ ...record, matrices: new Map([...record.matrices, [1, weights]]) })).toBe(false);
  expect(hasValues(null)).toBe(false);
});

it("draws no weights among contributions in the film strip", () => {
  const still = { header, layer, matrix, thumbnail: null };
  const found = stillOfContributions(still);
  expect(found?.matrix?.scale[1]).toBe(2);
  expect(stillOfContributions(still)).toBe(found);
  expect(stillOfContributions({ ...still, matrix: weights })).toBeNull();
});
