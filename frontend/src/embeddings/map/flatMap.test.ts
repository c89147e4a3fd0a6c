import { expect, test } from "vitest";
import { zoomed } from "../../draw/viewport";
import {
  extentOf,
  type FlatMap,
  hasPlaces,
  nearestPoint,
  pointsAt,
  toScreen,
  trailOf,
  wholeMap,
  zoomLimits,
} from "./flatMap";

/** Two words at three steps; the second has no place at the last. */
const MAP: FlatMap = {
  steps: [0, 5, 9],
  rows: Int32Array.of(3, 8),
  fitted: 2,
  shares: [0.5, 0.25],
  positions: Float32Array.of(0, 0, 1, 1, -2, 0, 4, 2, 1, -1, Number.NaN, Number.NaN),
};

const room = { width: 632, height: 432 };

test("all steps are in sight, in the middle, with both axes alike", () => {
  const whole = wholeMap(extentOf(MAP), room);
  const places = toScreen(MAP.positions, whole, room).filter((value) => !Number.isNaN(value));
  const [xs, ys] = [places.filter((_, at) => at % 2 === 0), places.filter((_, at) => at % 2 === 1)];
  expect([Math.min(...xs), Math.max(...xs)]).toEqual([16, 616]);
  expect(Math.max(...ys) - Math.min(...ys)).toBeCloseTo((600 / 6) * 3, 3);
  expect(Math.max(...ys) + Math.min(...ys)).toBeCloseTo(432, 3);
  // Up on the map is up on the screen.
  expect(toScreen([0, 2], whole, room)[1]).toBeLessThan(toScreen([0, 0], whole, room)[1] as number);
});

test("a map of one place, or of none, has a scale too", () => {
  const one = { ...MAP, positions: Float32Array.of(2, 3) };
  expect([...toScreen(one.positions, wholeMap(extentOf(one), room), room)].map(Math.round)).toEqual([316, 216]);
  const none = { ...MAP, positions: Float32Array.of(Number.NaN, Number.NaN) };
  expect(wholeMap(extentOf(none), room)).toMatchObject({ x: 0, y: 0 });
});

test("a map has places as soon as one is known", () => {
  expect([0, 1, 2].map((at) => hasPlaces(pointsAt(MAP, at)))).toEqual([true, true, true]);
  expect(hasPlaces(Float32Array.of(Number.NaN, Number.NaN))).toBe(false);
});

test("zooming ends with the whole map", () => {
  const whole = wholeMap(extentOf(MAP), room);
  const near = zoomed(whole, room, zoomLimits(whole), 3, 100, 200);
  expect(near.zoom).toBeCloseTo(3 * whole.zoom);
  expect(zoomed(near, room, zoomLimits(whole), 0.1).zoom).toBe(whole.zoom);
});

test("the nearest point within reach", () => {
  expect(nearestPoint([0, 0, 10, 0, Number.NaN, Number.NaN], 8, 1, 5)).toBe(1);
  expect(nearestPoint([0, 0, 10, 0], 5, 20, 5)).toBe(-1);
});

test("a trail is the way of one point up to a step", () => {
  expect([...trailOf(MAP, 0, 2)]).toEqual([0, 0, -2, 0, 1, -1]);
  expect([...pointsAt(MAP, 1)]).toEqual([-2, 0, 4, 2]);
});
