import { expect, it } from "vitest";
import type { Measures } from "../store/measures";
import { effectiveKeys, entropyInNats, measureRows } from "./headMeasures";

const measures: Measures = {
  steps: [0, 1],
  names: ["entropy", "peak", "distance", "first"],
  rows: 1,
  layers: [],
  values: Float32Array.of(1, 0.1, 0.3, 0.1, 0, 1, 0.2, Number.NaN),
};

it("an even row looks at all keys, a row with one weight at one", () => {
  expect([entropyInNats(1, 29), effectiveKeys(1, 29), effectiveKeys(0, 29)]).toEqual([
    Math.log(29),
    expect.closeTo(29),
    1,
  ]);
  expect(effectiveKeys(1, 0)).toBe(1);
});

it("tells each measure with its unit, and what is not known", () => {
  const rows = measureRows(measures, 0, 0, 10);
  expect(rows.map(({ key, text }) => [key, text])).toEqual([
    ["entropy", "2.30 nats"],
    ["effective", "10.0 of 10"],
    ["peak", "0.10"],
    ["first", "0.10"],
    ["distance", "0.30"],
  ]);
  expect(measureRows(measures, 0, 1, 10).map(({ text }) => text)).toEqual([
    "0.00 nats",
    "1.00 of 10",
    "1.00",
    "–",
    "0.20",
  ]);
});
