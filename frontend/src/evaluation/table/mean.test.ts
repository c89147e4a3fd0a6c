import { describe, expect, it } from "vitest";
import { madeTables } from "../testing";
import { bandOf, meanOf } from "./mean";

const seed = (run: string, steps: number[], values: number[]) =>
  madeTables(steps, ["all"], ["accuracy"], (step) => ({ value: values[steps.indexOf(step)] ?? Number.NaN }), run);
const seeds = [seed("a", [0, 10, 20], [1, 4, 7]), seed("b", [0, 10, 20], [3, 6, 9]), seed("c", [5, 20], [5, 8])];

describe("the mean of several runs", () => {
  it("has the interval of Student's t", () => {
    const { value, low, high } = meanOf(seeds).cell(3, "all", "accuracy");
    // 7, 9, 8: deviation 1, so that the half is 4.303 / sqrt(3).
    expect(value).toBe(8);
    expect(high - 8).toBeCloseTo(2.484, 3);
    expect(8 - low).toBeCloseTo(2.484, 3);
  });
  it("takes each run's latest by then, and none that has not begun", () => {
    const mean = meanOf(seeds);
    expect(mean.steps).toEqual([0, 5, 10, 20]);
    expect([...mean.line("all", "accuracy")]).toEqual([2, 3, 5, 8]);
  });
  it("of one run is that run, and of one that knows a cell has no interval", () => {
    expect(meanOf(seeds.slice(0, 1))).toBe(seeds[0]);
    const odd = madeTables([20], ["own"], ["accuracy"], () => ({ value: 5 }));
    const { value, low } = meanOf([...seeds, odd]).cell(3, "own", "accuracy");
    expect([value, low]).toEqual([5, Number.NaN]);
    expect(meanOf(seeds).cell(0, "unknown", "accuracy").value).toBeNaN();
  });
  it("has a band from the least to the largest", () => {
    const { least, most } = bandOf(seeds, [0, 5, 10, 20], "all", "accuracy");
    expect([...least]).toEqual([1, 1, 4, 7]);
    expect([...most]).toEqual([3, 5, 6, 9]);
  });
});
