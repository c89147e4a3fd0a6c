import { expect, it } from "vitest";
import { countAfter, indexUpTo, latestBy, nearestIndex, neighbours, playPause, unionOfSteps } from "./steps";

it("joins the steps of several runs", () => {
  expect(unionOfSteps([[0, 10, 20], [5, 10], []])).toEqual([0, 5, 10, 20]);
  expect(unionOfSteps([])).toEqual([]);
});

it.each([
  [-5, 0],
  [0, 0],
  [4, 0],
  [5, 0],
  [6, 1],
  [10, 1],
  [999, 2],
])("finds the step nearest to %i", (step, index) => {
  expect(nearestIndex([0, 10, 100], step)).toBe(index);
});

it.each([
  [-5, 0],
  [0, 0],
  [9, 0],
  [10, 1],
  [99, 1],
  [999, 2],
])("finds the step a slower run has reached at %i", (step, index) => {
  expect(indexUpTo([0, 10, 100], step)).toBe(index);
});

it("has no index where there are no steps", () => {
  expect(nearestIndex([], 3)).toBe(-1);
  expect(indexUpTo([], 3)).toBe(-1);
  expect(latestBy([], 3)).toBe(-1);
});

it("has no index of a run that has not begun", () => {
  expect([9, 10, 99, 999].map((step) => latestBy([10, 100], step))).toEqual([-1, 0, 0, 1]);
});

it("lists the neighbours to fetch ahead, the nearest first", () => {
  expect(neighbours(5, 10, 2)).toEqual([6, 4, 7, 3]);
  expect(neighbours(0, 2, 2)).toEqual([1]);
  expect(neighbours(9, 10, 2)).toEqual([8, 7]);
});

it("counts new steps", () => {
  expect(countAfter([0, 10, 20], 5)).toBe(2);
  expect(countAfter([0, 10, 20], 20)).toBe(0);
});

it("plays at a pace that one can follow", () => {
  expect(playPause(5)).toBe(600);
  expect(playPause(100)).toBe(200);
  expect(playPause(10_000)).toBe(120);
});
