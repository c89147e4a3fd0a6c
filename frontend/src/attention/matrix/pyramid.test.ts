import { describe, expect, test } from "vitest";
import { partlyKnown, quantised } from "../testing";
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

  test.each([
    [1, 1],
    [2, 2],
    [3, 1],
    [0, 2],
  ])("a cell of level %d, %d is the strongest of those it stands for, with its sign", (queryPower, keyPower) => {
    let state = 7;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const head = quantised(Array.from({ length: 13 }, () => Array.from({ length: 11 }, random)));
    const negative = head.levels.map(() => (random() < 0.5 ? 1 : 0));
    const [queries, keys] = [all(13).filter((query) => query !== 4), all(11).filter((key) => key !== 0)];
    const grid = createPyramid({ ...head, negative }, queries, keys, 1).level(queryPower, keyPower, true);
    const cut = (positions: number[], power: number, at: number) =>
      positions.slice(at * 2 ** power, (at + 1) * 2 ** power);
    expect(grid.rows * grid.columns).toBe(Math.ceil(12 / 2 ** queryPower) * Math.ceil(10 / 2 ** keyPower));
    for (let cell = 0; cell < grid.levels.length; cell++) {
      const [row, column] = [Math.floor(cell / grid.columns), cell % grid.columns];
      const cells = cut(queries, queryPower, row).flatMap((query) =>
        cut(keys, keyPower, column).map((key) => query * 11 + key),
      );
      const largest = Math.max(...cells.map((at) => head.levels[at] as number));
      expect(grid.levels[cell]).toBe(largest);
      const signs = cells.filter((at) => head.levels[at] === largest).map((at) => negative[at]);
      expect(signs).toContain(grid.negative?.[cell]);
    }
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

test("the strongest is known of whole blocks, else where it is a weight and no bound", () => {
  const some = partlyKnown(
    [
      [0.5, 0.4, 0.2, 0.2],
      [0.4, 0.4, 0.2, 0.1],
      [0, 0, 0.9, 0.3],
      [0, 0, 0.3, 0.3],
    ],
    [
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [1, 1, 1, 0],
      [1, 1, 0, 0],
    ],
  );
  const pyramid = createPyramid(some, all(4), all(4), 1);
  expect(pyramid.level(0, 0, true).known).toBe(some.known);
  expect(Array.from(pyramid.level(0, 1, false).known ?? [])).toEqual([1, 0, 0, 0, 1, 1, 1, 0]);
  expect(pyramid.level(1, 1, false).known).toBeNull();
  expect(pyramid.level(2, 2, false).known).toBeNull();
  // Where a token is left out, blocks are not whole.
  expect(createPyramid(some, [0, 2, 3], all(4), 1).level(1, 1, false).known).not.toBeNull();
});
