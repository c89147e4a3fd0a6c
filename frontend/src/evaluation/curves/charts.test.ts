import { expect, it } from "vitest";
import type { Curve } from "../record/figures";
import { madeCurve } from "../testing";
import { chartsOf, meanOf } from "./charts";

const curve = (x: number[], value: number[], some: Partial<Curve> = {}) => madeCurve(x, value, 1, some);

it("the curve of one run is as it is, that of several their mean between the lowest and the highest", () => {
  const one = [curve([0, 1], [1, 3])];
  expect(meanOf([one])).toBe(one);
  const [mean] = meanOf([one, [curve([0, 1, 2], [2, Number.NaN, 7])]]);
  expect([...(mean?.x ?? [])]).toEqual([0, 1, 2]);
  expect([...(mean?.value ?? [])]).toEqual([1.5, 3, 7]);
  expect([...(mean?.low ?? [])]).toEqual([1, 3, 7]);
  expect([...(mean?.high ?? [])]).toEqual([2, 3, 7]);
  expect(mean?.count).toEqual([9, 8, 7]);
});

it("what is measured otherwise, or of something else, is no part of the mean", () => {
  const curves = [curve([0], [1]), curve([0], [5], { mode: "free_running" }), curve([0], [5], { slice: "rare" })];
  expect(meanOf([curves, curves])).toHaveLength(3);
});

it("a chart holds one measure along one axis, of the wished slice where there is one, A and B", () => {
  const a = [curve([0], [1]), curve([0], [2], { slice: "rare" }), curve([0], [3], { by: "confidence" })];
  const charts = chartsOf([[...a, curve([5], [1], { by: "source_length" })]], [a], "rare");
  expect(charts.map(({ slice, curves }) => [slice, curves.map(({ side }) => side)])).toEqual([
    ["rare", ["a", "b"]],
    ["all", ["a"]],
  ]);
});
