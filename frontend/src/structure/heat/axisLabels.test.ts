import { expect, it } from "vitest";
import { axisLabels } from "./axisLabels";

const width = (step: number) => 7 * String(step).length;

it("labels steps that have room, none under the handle", () => {
  const steps = [0, 10, 20, 30, 40, 50];
  expect(axisLabels(steps, 600, [5, -1], width).map(({ step }) => step)).toEqual([0, 10, 20, 30, 40]);
  expect(axisLabels(steps, 120, [5, 0], width).map(({ step }) => step)).toEqual([10, 30]);
  expect(axisLabels([], 100, [-1], width)).toEqual([]);
});

it("never lets labels meet", () => {
  const steps = Array.from({ length: 60 }, (_, at) => 2 ** Math.min(20, at));
  const labels = axisLabels(steps, 264, [59], width);
  labels.slice(1).forEach(({ step, x }, at) => {
    const before = labels[at] as { step: number; x: number };
    expect(x - width(step) / 2 - (before.x + width(before.step) / 2)).toBeGreaterThan(6);
  });
  expect(labels.length).toBeGreaterThan(3);
});
