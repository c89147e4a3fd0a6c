import { expect, it } from "vitest";
import { axisOf, shareOf } from "./axis";

const cell = (value: number, low = value, high = value) => ({ value, low, high, count: 1 });

it("holds every value with its interval, between round ends", () => {
  expect(axisOf([cell(39.1, 35, 43), cell(61.7, 58.5, 64.6)])).toEqual({ least: 35, most: 65 });
  expect(axisOf([cell(0.61, 0.58, 0.64), cell(0.81, 0.79, 0.83)])).toEqual({ least: 0.55, most: 0.85 });
});
it("of one value lies around it", () => {
  expect(axisOf([cell(1)])).toEqual({ least: 0.8, most: 1.2 });
  expect(axisOf([cell(0)])).toEqual({ least: -0.2, most: 0.2 });
});
it("takes no notice of what is no number", () => {
  expect(axisOf([cell(Number.NaN), cell(Number.POSITIVE_INFINITY)])).toBeNull();
  expect(axisOf([cell(2, Number.NaN, Number.NaN), cell(4)])).toEqual({ least: 2, most: 4 });
  expect(axisOf([])).toBeNull();
});
it("ends where there are no more values", () => {
  expect(axisOf([cell(0.4, -0.15, 0.95)], { least: 0, most: 1 })).toEqual({ least: 0, most: 1 });
  expect(axisOf([cell(1)], { least: 0, most: 1 })).toEqual({ least: 0.8, most: 1 });
  expect(axisOf([cell(20, 5, 35)], { least: 0, most: 100 })).toEqual({ least: 5, most: 35 });
});
it("places values on it", () => {
  expect([20, 35, 50, 80].map((value) => shareOf({ least: 20, most: 60 }, value))).toEqual([0, 0.375, 0.75, 1]);
  expect(shareOf({ least: 0, most: 1 }, Number.NaN)).toBeNaN();
});
