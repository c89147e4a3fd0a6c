import { describe, expect, test } from "vitest";
import { quantised } from "../testing";
import { largestWeight } from "../weights";
import { createPyramid } from "./pyramid";

const all = (length: number) => Array.from({ length }, (_, i) => i);

const rows = [
  [0.5, 0.1, 0, 0, 0.4],
  [0, 0.04, 0, 0.01, 0],
  [0, 0, 1, 0, 0],
];
const matrix = quantised(rows);

describe("createPyramid", () => {
  test("the finest level is the frame's own memory", () => {
    const grid = createPyramid(matrix, all(3), all(5), 1).level(0, 0, true);
    expect(grid.levels).toBe(matrix.levels);
    expect(grid.gain).toBeNull();
    expect(grid.rowOf).toBeNull();
  });

  test("pools the largest weight, on one scale for all rows", () => {
    const grid = createPyramid(matrix, all(3), all(5), largestWeight(matrix)).level(1, 1, false);
    expect([grid.rows, grid.columns]).toEqual([2, 3]);
    const expected = [0.5, 0.01, 0.4, 0, 1, 0].map((weight) => 255 * Math.sqrt(weight));
    expected.forEach((level, cell) => {
      expect(Math.abs((grid.levels[cell] as number) - level)).toBeLessThanOrEqual(1);
    });
  });

  test("pools each row on its own scale", () => {
    const grid = createPyramid(matrix, all(3), all(5), 1).level(0, 1, true);
    expect(Array.from(grid.levels.subarray(3, 6))).toEqual([255, 128, 0]);
  });

  test("one axis alone can be pooled", () => {
    const grid = createPyramid(matrix, all(3), all(5), 1).level(2, 0, true);
    expect([grid.rows, grid.columns]).toEqual([1, 5]);
  });

  test("leaves hidden positions out", () => {
    const pyramid = createPyramid(matrix, [0, 1], [1, 3, 4], 1);
    const pooled = pyramid.level(1, 1, false);
    expect([pooled.rows, pooled.columns]).toEqual([1, 2]);
    expect(pooled.levels[0]).toBe(Math.round(255 * Math.sqrt(0.1)));
  });

  test("a pooled cell is invalid if one of its weights is", () => {
    const broken = quantised([
      [0.5, 0.5, Number.NaN],
      [0.5, 0.5, 0],
    ]);
    expect(Array.from(createPyramid(broken, all(2), all(3), 0.5).level(1, 1, false).invalid ?? [])).toEqual([0, 1]);
  });

  test("builds a level once", () => {
    const pyramid = createPyramid(matrix, all(3), all(5), 1);
    expect(pyramid.level(1, 1, true)).toBe(pyramid.level(1, 1, true));
    expect(pyramid.level(1, 1, true)).not.toBe(pyramid.level(1, 1, false));
  });

  test("an empty head has no gain", () => {
    const silent = quantised([[0, 0]]);
    expect(createPyramid(silent, [0], [0, 1], 0).level(0, 0, false).gain?.[0]).toBe(0);
  });
});
