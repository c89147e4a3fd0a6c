import { describe, expect, it } from "vitest";
import { areClear, chanceOf, differenceOf } from "./difference";

const cell = (value: number, low: number, high: number) => ({ value, low, high, count: 100 });

/** A share with its interval after Wilson (1927). */
function wilson(right: number, all: number) {
  const [z, share] = [1.959964, right / all];
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all);
  const half = (z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))) / (1 + z ** 2 / all);
  return cell(share, middle - half, middle + half);
}

describe("the difference of two cells", () => {
  it("has the interval of Newcombe's method 10, his example of 56/70 and 48/80", () => {
    const found = differenceOf(wilson(56, 70), wilson(48, 80));
    expect(found.value).toBeCloseTo(0.2);
    expect(found.low).toBeCloseTo(0.0524, 4);
    expect(found.high).toBeCloseTo(0.3339, 4);
  });
  it("is as many deviations from 0 as the side towards 0 says", () => {
    const { z, low } = differenceOf(cell(0.7, 0.7 - 1.959964 * 0.03, 0.9), cell(0.5, 0.1, 0.5 + 1.959964 * 0.04));
    expect(z).toBeCloseTo(0.2 / 0.05);
    expect(low).toBeGreaterThan(0);
    expect(differenceOf(cell(0.5, 0.4, 0.6), cell(0.5, 0.4, 0.6)).z).toBe(0);
    expect(differenceOf(cell(0.5, 0.5, 0.5), cell(0.4, 0.4, 0.4)).z).toBe(Number.POSITIVE_INFINITY);
  });
  it("is not known without intervals", () => {
    expect(differenceOf(cell(0.7, Number.NaN, Number.NaN), cell(0.5, 0.4, 0.6)).z).toBeNaN();
  });
});

it("the chance is that of the normal distribution", () => {
  expect(chanceOf(0)).toBeCloseTo(1, 6);
  expect(chanceOf(1.959964)).toBeCloseTo(0.05, 6);
  expect(chanceOf(-2.575829)).toBeCloseTo(0.01, 6);
  expect(chanceOf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(chanceOf(Number.NaN)).toBeNaN();
});

describe("which differences are clear", () => {
  it("of few looked at those beyond 2 deviations", () => {
    expect(areClear([2.5, 0.3, Number.NaN])).toEqual([true, false, false]);
  });
  it("of many looked at only those that are further out", () => {
    const many = Array.from({ length: 39 }, (_, at) => (at % 2 ? 0.1 : -0.4));
    expect(areClear([2.5, ...many])[0]).toBe(false);
    expect(areClear([4, ...many])[0]).toBe(true);
  });
  it("as Benjamini and Hochberg's own example has it: 4 of 15", () => {
    const chances = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const zs = chances.map((chance) => {
      let [low, high] = [0, 10];
      for (let turn = 0; turn < 60; turn++) {
        const middle = (low + high) / 2;
        if (chanceOf(middle) > chance) low = middle;
        else high = middle;
      }
      return low;
    });
    expect(areClear(zs).filter(Boolean)).toHaveLength(4);
  });
  it("none of none", () => {
    expect(areClear([])).toEqual([]);
    expect(areClear([Number.NaN])).toEqual([false]);
  });
});
