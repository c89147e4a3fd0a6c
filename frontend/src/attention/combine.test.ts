import { describe, expect, test } from "vitest";
import { combineHeads } from "./combine";
import { partlyKnown, quantised } from "./testing";
import { weightAt } from "./weights";

const sharp = quantised([
  [0.9, 0.1, 0],
  [0, 0, 1],
]);
const flat = quantised([
  [0.3, 0.3, 0.4],
  [0.2, 0.2, 0.6],
]);

describe("combineHeads", () => {
  test.each([
    ["mean", [0.6, 0.2, 0.2, 0.1, 0.1, 0.8]],
    ["max", [0.9, 0.3, 0.4, 0.2, 0.2, 1]],
  ] as const)("%s of two heads", (how, expected) => {
    const combined = combineHeads([sharp, flat], how);
    expected.forEach((weight, cell) => {
      // Two roundings: that of the heads and that of the result.
      expect(Math.abs(weightAt(combined, Math.floor(cell / 3), cell % 3) - weight)).toBeLessThan(2 / 255);
    });
  });

  test("keeps small weights that only some heads have", () => {
    const quiet = quantised([[0.00001, 0, 0.99999]]);
    const combined = combineHeads([quiet, quantised([[0, 0, 1]])], "mean");
    expect(weightAt(combined, 0, 0)).toBeGreaterThan(0);
  });

  test("one head is itself", () => {
    expect(combineHeads([sharp], "mean")).toBe(sharp);
  });

  test("what is not finite in one head is not finite in the result, and does not spoil the row", () => {
    const broken = quantised([
      [Number.NaN, 0.5, Number.POSITIVE_INFINITY],
      [0.2, 0.2, 0.6],
    ]);
    const combined = combineHeads([sharp, broken], "max");
    expect(weightAt(combined, 0, 0)).toBeNaN();
    expect(weightAt(combined, 0, 1)).toBeCloseTo(0.5);
    expect(weightAt(combined, 0, 2)).toBe(Number.POSITIVE_INFINITY);
    expect(weightAt(combined, 1, 2)).toBeCloseTo(1);
    expect(broken.invalid?.[0]).toBe(1);
  });

  test("a row of zeros stays one", () => {
    const masked = quantised([[0, 0]]);
    expect(Array.from(combineHeads([masked, masked], "mean").levels)).toEqual([0, 0]);
  });

  test("says what is wrong", () => {
    expect(() => combineHeads([], "mean")).toThrow("no heads");
    expect(() => combineHeads([sharp, quantised([[1]])], "max")).toThrow("2 x 3, 1 x 1; expected one shape");
  });
});

test("is known where all heads are, or none can be larger", () => {
  const heads = [partlyKnown([[0.9, 0.1, 0.2]], [[1, 0, 1]]), partlyKnown([[0.5, 0.2, 0.3]], [[0, 1, 1]])];
  expect(Array.from(combineHeads(heads, "mean").known ?? [])).toEqual([0, 0, 1]);
  expect(Array.from(combineHeads(heads, "max").known ?? [])).toEqual([1, 1, 1]);
  expect(combineHeads([sharp, flat], "max").known).toBeUndefined();
});
