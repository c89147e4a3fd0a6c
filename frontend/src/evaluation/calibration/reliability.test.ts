import { expect, it } from "vitest";
import { binsOf, calibrationError } from "./reliability";

const curve = {
  by: "confidence",
  measure: "accuracy",
  slice: "all",
  mode: "",
  x: Float32Array.of(0.25, 0.5, 0.75),
  value: Float32Array.of(0.5, Number.NaN, 0.5),
  low: new Float32Array(3),
  high: new Float32Array(3),
  count: [30, 0, 10],
};

it("has the bins in which there is something, and their error by size", () => {
  const bins = binsOf(curve);
  expect(bins.map(({ confidence, share }) => [confidence, share])).toEqual([
    [0.25, 0.75],
    [0.75, 0.25],
  ]);
  expect(calibrationError(bins)).toBeCloseTo(0.25);
  expect(calibrationError([])).toBeNaN();
});
