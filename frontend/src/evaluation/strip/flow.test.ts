import { expect, it } from "vitest";
import { pooled, stepRows, tokenLines } from "./flow";

it("breaks tokens into lines that fit", () => {
  expect(tokenLines([30, 40, 50, 20], 100, 9)).toEqual([
    { from: 0, to: 2, edges: [0, 30, 70] },
    { from: 2, to: 4, edges: [0, 50, 70] },
  ]);
});
it("spreads a short text, but not over all of a large room", () => {
  expect(tokenLines([30, 40], 90, 40)).toEqual([{ from: 0, to: 2, edges: [0, 40, 90] }]);
  expect(tokenLines([30, 40], 900, 40)).toEqual([{ from: 0, to: 2, edges: [0, 70, 150] }]);
});
it("cuts a token that is wider than the room", () => {
  expect(tokenLines([30, 400, 20], 100, 9)).toEqual([
    { from: 0, to: 1, edges: [0, 30] },
    { from: 1, to: 2, edges: [0, 100] },
    { from: 2, to: 3, edges: [0, 20] },
  ]);
  expect(tokenLines([], 100, 9)).toEqual([]);
});
it("makes rows as high as there is room for", () => {
  expect(stepRows(1, 10, 20, 100)).toEqual({ each: 1, count: 10, height: 8 });
  expect(stepRows(1, 10, 20, 1000)).toEqual({ each: 1, count: 10, height: 28 });
  expect(stepRows(3, 80, 20, 400)).toEqual({ each: 1, count: 80, height: 2 });
});
it("has steps share a row where they are many, so that a canvas is never higher than it may be", () => {
  expect(stepRows(1, 10_000, 20, 620)).toEqual({ each: 34, count: 295, height: 2 });
  expect(stepRows(12, 10_000, 20, 620)).toEqual({ each: 112, count: 90, height: 2 });
});
it("shows the mean of the steps of a row, of those that are known", () => {
  const means = pooled(
    [
      [0.25, Number.NaN],
      [0.75, 0.5],
      [1, Number.NaN],
    ],
    2,
    2,
  );
  expect([...means]).toEqual([0.5, 0.5, 1, Number.NaN]);
});
