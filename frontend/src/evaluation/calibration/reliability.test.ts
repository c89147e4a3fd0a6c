import { expect, it } from "vitest";
import { madeCurve } from "../testing";
import { binsOf, calibrationError, diagramsOf } from "./reliability";

const curve = {
  by: "confidence",
  measure: "accuracy",
  slice: "all",
  mode: "",
  x: Float32Array.of(0.25, 0.5, 0.75),
  value: Float32Array.of(0.5, Number.NaN, 0.5),
  low: new Float32Array(3),
  high: new Float32Array(3),
  count: [30, 0, 10],
};

it("has the bins in which there is something, and their error by size", () => {
  const bins = binsOf(curve);
  expect(bins.map(({ confidence, share }) => [confidence, share])).toEqual([
    [0.25, 0.75],
    [0.75, 0.25],
  ]);
  expect(calibrationError(bins)).toBeCloseTo(0.25);
  expect(calibrationError([])).toBeNaN();
});

const sure = (value: number, slice = "all") => madeCurve([0.9], [value], 0, { by: "confidence", slice });

it("is drawn of each run, beside the same run at B or beside the one run that B is", () => {
  const a = [
    { run: "one", curves: [sure(0.8), sure(0.7, "short"), madeCurve([0], [1], 0)] },
    { run: "two", curves: [sure(0.6)] },
    { run: "three", curves: [madeCurve([0], [1], 0)] },
  ];
  const brief = (diagrams: ReturnType<typeof diagramsOf>) =>
    diagrams.map(({ run, slice, bins, others }) => [run, slice, bins[0]?.accuracy.toFixed(1), others.length]);
  const b = [{ run: "two", curves: [sure(0.5)] }];
  expect(brief(diagramsOf(a, b, null, "all"))).toEqual([
    ["one", "all", "0.8", 0],
    ["two", "all", "0.6", 1],
  ]);
  expect(brief(diagramsOf(a, b, "two", "short"))).toEqual([
    ["one", "short", "0.7", 0],
    ["two", "all", "0.6", 1],
  ]);
});
