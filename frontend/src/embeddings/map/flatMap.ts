/** Words as points on one flat map of all steps, and how the map lies on the screen. */

import type { Size, Viewport, ZoomLimits } from "../../draw/viewport";
import { checked } from "../../wire/checked";
import { arrayOf, type Frame, FrameError } from "../../wire/frame";
import { embeddingMapHeader } from "../../wire/shapes/answers.gen";

export interface FlatMap {
  /** Rising. */
  steps: readonly number[];
  /** Which word each point is: those that the map is made from, the most frequent first, then those shown besides. */
  rows: Int32Array;
  fitted: number;
  /** How much of the variance each axis holds, 0 to 1. */
  shares: readonly number[];
  /** [steps, points, 2], NaN where a vector is not finite. */
  positions: Float32Array;
}

export function readMap(frame: Frame): FlatMap {
  const { fitted, shares } = checked(embeddingMapHeader, frame.header);
  const steps = Array.from(arrayOf(frame, "steps", BigInt64Array).data, Number);
  const rows = arrayOf(frame, "row", Int32Array).data;
  const { shape, data: positions } = arrayOf(frame, "position", Float32Array);
  if (shape[0] !== steps.length || shape[1] !== rows.length || shape[2] !== 2)
    throw new FrameError(`A map of shape [${shape}] for ${steps.length} steps and ${rows.length} words.`);
  return { steps, rows, fitted, shares, positions };
}

/** Returns where the points of a step are: [x, y, x, y, ...]. */
export function pointsAt(map: FlatMap, at: number): Float32Array {
  const length = 2 * map.rows.length;
  return map.positions.subarray(at * length, (at + 1) * length);
}

/** Whether any of these places is known. */
export function hasPlaces(points: Float32Array): boolean {
  return points.some(Number.isFinite);
}

const MARGIN = 16;
const MOST_ZOOM = 100;

/** What the map takes up, all of its steps; y downwards, as on the screen. Empty where no place is known. */
export function extentOf({ positions }: FlatMap): Size & { left: number; top: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < positions.length; at += 2) {
    const [x, y] = [positions[at] as number, -(positions[at + 1] as number)];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  return left > right
    ? { left: 0, top: 0, width: 0, height: 0 }
    : { left, top, width: right - left, height: bottom - top };
}

/** Returns the viewport with all points of all steps in sight, so that nothing jumps as the step changes; both axes alike. */
export function wholeMap({ left, top, width, height }: Size & { left: number; top: number }, room: Size): Viewport {
  const across = Math.max(1, room.width - 2 * MARGIN) / (width || 1e-9);
  const down = Math.max(1, room.height - 2 * MARGIN) / (height || 1e-9);
  return { zoom: Math.min(across, down, 1e9), x: left + width / 2, y: top + height / 2 };
}

/** A map is zoomed into, never out of. */
export function zoomLimits(whole: Viewport): ZoomLimits {
  return { least: whole.zoom, most: MOST_ZOOM * whole.zoom };
}

/** Returns places of the map on the screen, y downwards: [x, y, x, y, ...]. */
export function toScreen(points: ArrayLike<number>, { zoom, x, y }: Viewport, room: Size): Float32Array {
  return Float32Array.from(points, (value, at) =>
    at % 2 === 0 ? room.width / 2 + zoom * (value - x) : room.height / 2 - zoom * (value + y),
  );
}

/** Returns the point nearest to a place on the screen, at most `reach` pixels away; -1 if there is none. */
export function nearestPoint(points: ArrayLike<number>, x: number, y: number, reach: number): number {
  let [nearest, least] = [-1, reach * reach];
  for (let at = 0; at < points.length; at += 2) {
    const distance = ((points[at] as number) - x) ** 2 + ((points[at + 1] as number) - y) ** 2;
    if (distance <= least) [nearest, least] = [at / 2, distance];
  }
  return nearest;
}

/** Returns the places of one point over steps [0, to]. */
export function trailOf(map: FlatMap, point: number, to: number): Float32Array {
  const trail = new Float32Array(2 * (to + 1));
  for (let at = 0; at <= to; at++) trail.set(pointsAt(map, at).subarray(2 * point, 2 * point + 2), 2 * at);
  return trail;
}
