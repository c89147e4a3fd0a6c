import { expect, it } from "vitest";
import { madeCurve } from "../testing";
import { plotOf, ticksOf } from "./plot";

const nan = Number.NaN;

it("draws curves over one pair of axes, their intervals around them, and leaves out what is not known", () => {
  const { lines, up, xOf } = plotOf(
    [madeCurve([0, 10, 20], [0.25, nan, 0.75], 0.25), madeCurve([5], [0.5], nan)],
    200,
    100,
  );
  expect(up.map(({ text }) => text)).toEqual([0, 0.5, 1]);
  expect(lines[0]).toEqual({ path: "M0.0 75.0L200.0 25.0", band: "M0.0 50.0L200.0 0.0L200.0 50.0L0.0 100.0Z" });
  expect(lines[1]).toEqual({ path: "M50.0 50.0", band: "" });
  expect(xOf(10)).toBe(100);
});

it("draws nothing of nothing", () => {
  expect(plotOf([], 200, 100)).toMatchObject({ lines: [], across: [] });
  expect(plotOf([madeCurve([], [], 0)], 200, 100).lines).toEqual([{ path: "", band: "" }]);
});

it("has round numbers at the axis", () => {
  expect(ticksOf(0, 31, 4)).toEqual([0, 10, 20, 30]);
  expect(ticksOf(0.05, 0.95, 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect(ticksOf(7, 7, 5)).toEqual([7]);
});
