/** One measure over the steps of a run. */

import { sparkline } from "../draw/sparkline";
import { nearestIndex } from "../store/steps";

export interface MeasureLine {
  /** Of an SVG path; a value without neighbours is a dot, drawn by round ends. */
  path: string;
  /** Of the finite values; NaN where there are none. */
  least: number;
  most: number;
  /** Where a value is; null where it is none. */
  pointOf(index: number): { x: number; y: number } | null;
  /** The step nearest to a place along the line; -1 if there are none. */
  indexAt(x: number): number;
}

/** Draws values over their steps in a box of `width` x `height`; what is not a finite number is a gap. */
export function measureLine(
  steps: readonly number[],
  values: ArrayLike<number>,
  width: number,
  height: number,
): MeasureLine {
  const finite = Array.from(values).filter(Number.isFinite);
  const least = finite.reduce((one, other) => Math.min(one, other), finite[0] ?? Number.NaN);
  const most = finite.reduce((one, other) => Math.max(one, other), finite[0] ?? Number.NaN);
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 0];
  const xOf = (index: number) =>
    last > first ? (((steps[index] as number) - first) / (last - first)) * width : width / 2;
  const shares = Float64Array.from(values, (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    return most > least ? (value - least) / (most - least) : 0.5;
  });
  return {
    path: pathOf(sparkline(shares, width, height, xOf)),
    least,
    most,
    pointOf: (index) => {
      const share = shares[index];
      return share === undefined || Number.isNaN(share) ? null : { x: xOf(index), y: height * (1 - share) };
    },
    indexAt: (x) => nearestIndex(steps, first + (width > 0 ? x / width : 0) * (last - first)),
  };
}

function pathOf(points: readonly number[]): string {
  let path = "";
  let isDown = false;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    const isThere = !Number.isNaN(x);
    if (isThere) path += isDown ? `L${x.toFixed(1)} ${y.toFixed(1)}` : `M${x.toFixed(1)} ${y.toFixed(1)}h0`;
    isDown = isThere;
  }
  return path;
}
