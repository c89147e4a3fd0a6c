import { expect, it } from "vitest";
import { mistakes, sharesOf } from "./confusion";

const counts = [8, 2, 0, 5, 5, 0, 0, 0, 0];

it("says of each class what it was taken for", () => {
  const { shares, totals } = sharesOf(counts, 3);
  expect([...totals]).toEqual([10, 10, 0]);
  expect([...shares]).toEqual([0.8, 0.2, 0, 0.5, 0.5, 0, Number.NaN, Number.NaN, Number.NaN]);
});

it("finds the most frequent mistakes", () => {
  expect(mistakes(counts, 3, 5)).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(mistakes(counts, 3, 1)).toEqual([[1, 0]]);
});
