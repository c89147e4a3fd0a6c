import { describe, expect, test } from "vitest";
import { quantised } from "./testing";
import { boundOf, darkestWeight, formatWeight, largestWeight, weightAt } from "./weights";

describe("weightAt", () => {
  test("decodes within the bound of the format, row by row", () => {
    const rows = [
      [0.9, 0.1, 0, 0.004],
      [0.0002, 0.0001, 0.00001, 0],
    ];
    const matrix = quantised(rows);
    rows.forEach((row, i) => {
      row.forEach((weight, j) => {
        expect(Math.abs(weightAt(matrix, i, j) - weight)).toBeLessThanOrEqual(Math.max(...row) / 255);
      });
    });
  });

  test("tells what was not finite", () => {
    const matrix = quantised([[Number.NaN, Number.POSITIVE_INFINITY, 0.5]]);
    expect(weightAt(matrix, 0, 0)).toBeNaN();
    expect(weightAt(matrix, 0, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(weightAt(matrix, 0, 2)).toBeCloseTo(0.5);
  });
});

test("a weight is as precise as the largest of the head, or as it says", () => {
  const matrix = quantised([[0.3, 0.7]]);
  expect(boundOf(matrix)).toBeCloseTo(0.7 / 255, 4);
  expect(boundOf({ ...matrix, bound: 0.01 })).toBe(0.01);
});

test("largestWeight passes over rows that have no finite scale", () => {
  const matrix = quantised([
    [0.25, 0.75],
    [0.5, 0.5],
  ]);
  expect(largestWeight({ ...matrix, scale: new Float32Array([0.75, Number.NaN]) })).toBe(0.75);
  expect(largestWeight({ ...matrix, scale: new Float32Array(2) })).toBe(0);
});

test.each([
  [0.9999, 1],
  [1.0004, 1],
  [0.51, 1],
  [0.5, 0.5],
  [0.21, 0.5],
  [0.0117, 0.02],
  [3, 5],
  [0, 0],
])("darkestWeight of a head whose largest weight is %s is %s", (largest, darkest) => {
  const matrix = quantised([[0.25, 0.75]]);
  expect(darkestWeight({ ...matrix, scale: new Float32Array([largest]) })).toBe(darkest);
});

test.each([
  [0, "0"],
  [1, "1.00"],
  [0.53249, "0.532"],
  [0.00149, "0.00149"],
  [0.00001234, "1.23e−5"],
  [Number.NaN, "not a number"],
  [Number.POSITIVE_INFINITY, "infinite"],
])("formatWeight(%s) is %s", (weight, text) => {
  expect(formatWeight(weight)).toBe(text);
});
