import { expect, it } from "vitest";
import { barScale } from "./barScale";

const scaleOf = (...values: number[]) => barScale([{ values: Float32Array.from(values), column: 0, columns: 1 }]);

it("is in proportion, whatever the sign", () => {
  const { isLogarithmic, shareOf } = scaleOf(2, 4, 8, Number.NaN, Number.POSITIVE_INFINITY);
  expect(isLogarithmic).toBe(false);
  expect([0, 2, 8, 16].map(shareOf)).toEqual([0, 0.25, 1, 1]);
  expect(shareOf(Number.NaN)).toBeNaN();
  expect([-4, -1].map(scaleOf(-4, -1).shareOf)).toEqual([1, 0.25]);
  expect(scaleOf(0, 0).shareOf(0)).toBe(0);
  expect(scaleOf().shareOf(1)).toBe(0);
});

it("is in equal ratios where values lie far apart", () => {
  const { isLogarithmic, shareOf } = scaleOf(1, 10, 1000);
  expect(isLogarithmic).toBe(true);
  expect([1, 1000, 1e6].map(shareOf)).toEqual([0, 1, 1]);
  expect(shareOf(10)).toBeCloseTo(1 / 3);
  expect(scaleOf(0, 1, 1000).isLogarithmic).toBe(false);
});

it("takes the columns of several runs", () => {
  const values = Float32Array.from([1, 50, 2, 60]);
  const columns = [
    { values, column: 0, columns: 2 },
    { values: Float32Array.of(4), column: 0, columns: 1 },
  ];
  expect(barScale(columns).shareOf(2)).toBe(0.5);
});
