import { expect, it } from "vitest";
import { isFarOff, placeOfUpdate, USUAL_BAND } from "./updateScale";

it("goes from 1e-5 to 1e-1, in equal ratios", () => {
  expect([1e-5, 1e-3, 1e-1].map((ratio) => Number(placeOfUpdate(ratio).toFixed(6)))).toEqual([0, 0.5, 1]);
  expect([0, 1e-9, 10].map(placeOfUpdate)).toEqual([0, 0, 1]);
  expect(placeOfUpdate(Number.NaN)).toBeNaN();
});

it("is usual around a thousandth", () => {
  const isBeyond = (ratio: number) => isFarOff(ratio, 1e-3);
  expect([1e-3, 1e-4, 0.05, Number.NaN].map(isBeyond)).toEqual([false, false, false, false]);
  expect([1e-5, 0.5, 0].map(isBeyond)).toEqual([true, true, true]);
  expect(USUAL_BAND.from).toBeLessThan(0.5);
  expect(USUAL_BAND.to).toBeGreaterThan(0.5);
});

it("is no layer's own where all move as little: the learning rate is that small", () => {
  expect([1e-7, 4e-8, 1e-9, 0, 0.5].map((ratio) => isFarOff(ratio, 1e-7))).toEqual([false, false, true, true, true]);
  expect(isFarOff(0, 0)).toBe(false);
});
