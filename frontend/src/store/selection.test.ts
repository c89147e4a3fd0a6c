import { expect, it } from "vitest";
import type { SeriesInfo } from "../wire/schema.gen";
import { cycled, effectiveExample, effectiveRuns, examplesOf, runsOf, toggled } from "./selection";

const info = (run: string, name: string, last_wall_time: number): SeriesInfo => ({
  run,
  name,
  last_wall_time,
  tag: `attention/${name}`,
  kind: "attention",
  last_step: 0,
});
const series = [info("run10", "b", 3), info("run2", "a", 9), info("run2", "b", 1), info("run10", "probe/10", 2)];

it("sorts names as people do", () => {
  expect(runsOf(series)).toEqual(["run2", "run10"]);
  expect(examplesOf([...series, info("run10", "probe/9", 0)], ["run10"])).toEqual(["b", "probe/9", "probe/10"]);
});

it("shows the run written last unless some that exist are chosen", () => {
  expect(effectiveRuns(series, null)).toEqual(["run2"]);
  expect(effectiveRuns(series, ["gone"])).toEqual(["run2"]);
  expect(effectiveRuns(series, ["run10", "gone"])).toEqual(["run10"]);
  expect(effectiveRuns([], ["run10"])).toEqual([]);
});

it("shows the first example of the runs unless one that exists is chosen", () => {
  expect(effectiveExample(series, ["run2"], null)).toBe("a");
  expect(effectiveExample(series, ["run10"], "a")).toBe("b");
  expect(effectiveExample(series, ["run10", "run2"], "a")).toBe("a");
  expect(effectiveExample([], [], "a")).toBeNull();
});

it("never leaves no head", () => {
  expect(toggled([1, 4], 2)).toEqual([1, 2, 4]);
  expect(toggled([1, 4], 1)).toEqual([4]);
  expect(toggled([4], 4)).toEqual([4]);
});

it("goes round", () => {
  expect(cycled([3, 5, 8], 8, 1)).toBe(3);
  expect(cycled([3, 5, 8], 3, -1)).toBe(8);
  expect(cycled([3, 5, 8], 7, 1)).toBe(3);
  expect(cycled([], 7, 1)).toBeUndefined();
});
