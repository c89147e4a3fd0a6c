/** Words as points on one flat map of all steps, and how the map lies on the screen. */

import { arrayOf, type Frame, FrameError } from "../../wire/frame";
import type { EmbeddingMapHeader } from "../../wire/schema.gen";

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
  const { fitted, shares } = frame.header as EmbeddingMapHeader;
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

/** What takes a place of the map to the screen: both axes alike, so that distances can be compared. */
export interface MapScale {
  /** Pixels for one unit of the map. */
  factor: number;
  /** Where the origin of the map is. */
  x: number;
  y: number;
}

const MARGIN = 16;

/** Returns the scale with all points of all steps in sight, so that nothing jumps as the step changes. */
export function scaleOf({ positions }: FlatMap, width: number, height: number): MapScale {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < positions.length; at += 2) {
    const [x, y] = [positions[at] as number, positions[at + 1] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    [left, right, bottom, top] = [Math.min(left, x), Math.max(right, x), Math.min(bottom, y), Math.max(top, y)];
  }
  if (left > right) return { factor: 1, x: width / 2, y: height / 2 };
  const room = [Math.max(1, width - 2 * MARGIN), Math.max(1, height - 2 * MARGIN)] as const;
  const factor = Math.min(room[0] / (right - left || 1e-9), room[1] / (top - bottom || 1e-9), 1e9);
  return { factor, x: width / 2 - (factor * (left + right)) / 2, y: height / 2 + (factor * (bottom + top)) / 2 };
}

const MOST_ZOOM = 100;

/** Returns a scale `by` times as large, with what is at a place of the screen where it was; never smaller than `whole`. */
export function zoomed(scale: MapScale, whole: MapScale, by: number, x: number, y: number): MapScale {
  const factor = Math.max(whole.factor, Math.min(MOST_ZOOM * whole.factor, scale.factor * by));
  if (factor === whole.factor) return whole;
  const ratio = factor / scale.factor;
  return { factor, x: x + (scale.x - x) * ratio, y: y + (scale.y - y) * ratio };
}

/** Returns places of the map on the screen, y downwards: [x, y, x, y, ...]. */
export function toScreen(points: ArrayLike<number>, { factor, x, y }: MapScale): Float32Array {
  return Float32Array.from(points, (value, at) => (at % 2 === 0 ? x + factor * value : y - factor * value));
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
