import { describe, expect, test } from "vitest";
import { partlyKnown, quantised } from "../testing";
import { strongestInto, strongestRibbons } from "./ribbons";

const keysOf = (ribbons: { key: number }[]) => ribbons.map((ribbon) => ribbon.key);
const all = (length: number) => Array.from({ length }, (_, i) => i);

describe("strongestRibbons", () => {
  const matrix = quantised([[0.05, 0.6, 0.01, 0.25, 0.09]]);

  test("as few as make up nine tenths", () => {
    expect(keysOf(strongestRibbons(matrix, 0, all(5)))).toEqual([1, 3, 4]);
    expect(keysOf(strongestRibbons(matrix, 0, all(5), 0.5))).toEqual([1]);
    expect(keysOf(strongestRibbons(matrix, 0, all(5), 1))).toEqual([0, 1, 2, 3, 4]);
  });

  test("of what is shown", () => {
    expect(keysOf(strongestRibbons(matrix, 0, [0, 2, 4]))).toEqual([0, 4]);
  });

  test("never more than the limit, the strongest first", () => {
    expect(keysOf(strongestRibbons(matrix, 0, all(5), 1, 2))).toEqual([1, 3]);
  });

  test("equal weights: just enough of them", () => {
    const even = quantised([Array(20).fill(0.05)]);
    expect(strongestRibbons(even, 0, all(20))).toHaveLength(18);
    expect(strongestRibbons(even, 0, all(20), 0.9, 7)).toHaveLength(7);
  });

  test("carries the weight", () => {
    expect(strongestRibbons(matrix, 0, all(5))[0]?.weight).toBeCloseTo(0.6);
  });

  test("nothing for zeros and for what is not finite", () => {
    expect(strongestRibbons(quantised([[0, 0, 0]]), 0, all(3))).toEqual([]);
    expect(keysOf(strongestRibbons(quantised([[Number.NaN, 0.5, 0.5]]), 0, all(3)))).toEqual([1, 2]);
  });

  test("agrees with sorting", () => {
    const row = all(200).map((i) => ((i * 7919) % 997) / 997 / 100);
    const drawn = strongestRibbons(quantised([row]), 0, all(200));
    const mass = row.reduce((sum, weight) => sum + weight, 0);
    const sorted = [...row].sort((a, b) => b - a);
    let fewest = 0;
    for (let covered = 0; covered < 0.9 * mass; fewest++) covered += sorted[fewest] as number;
    expect(Math.abs(drawn.length - fewest)).toBeLessThanOrEqual(2);
  });
});

describe("strongestInto", () => {
  const matrix = quantised([
    [0.95, 0.05],
    [0.5, 0.5],
    [0.02, 0.98],
    [Number.NaN, 1],
  ]);
  test("gathers who looks at a key, the strongest first", () => {
    expect(strongestInto(matrix, 0, all(4)).map((ribbon) => ribbon.query)).toEqual([0, 1]);
    expect(strongestInto(matrix, 1, all(4)).map((ribbon) => ribbon.query)).toEqual([3, 2, 1]);
  });
  test("only among the shown queries", () => {
    expect(strongestInto(matrix, 0, [1, 2]).map((ribbon) => ribbon.query)).toEqual([1]);
    expect(strongestInto(matrix, 0, [3])).toEqual([]);
  });
});

test("what is not known is no line", () => {
  const some = partlyKnown([[0.4, 0.3, 0.5]], [[0, 1, 1]]);
  expect(strongestRibbons(some, 0, [0, 1, 2], 1).map(({ key }) => key)).toEqual([1, 2]);
  expect(strongestInto(some, 0, [0])).toEqual([]);
});
