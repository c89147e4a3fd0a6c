/** Curves in a box: where their points are, and what stands at the axes. */

import type { Curve } from "../record/figures";
import { axisOf, shareOf } from "../table/axis";

export interface Plot {
  /** SVG paths, one a curve: the line, and its interval, "" where there is none. */
  lines: { path: string; band: string }[];
  /** What stands at the axes, and where. */
  across: { text: number; x: number }[];
  up: { text: number; y: number }[];
  /** Where a value of x is. */
  xOf(value: number): number;
  yOf(value: number): number;
}

const FEWEST_PIXELS = 48;

/** Returns curves over one pair of axes, in a box of `width` x `height`. */
export function plotOf(curves: readonly Curve[], width: number, height: number): Plot {
  const xs = curves.flatMap(({ x }) => [...x]).filter(Number.isFinite);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const axis = axisOf(curves.flatMap(cellsOf)) ?? { least: 0, most: 1 };
  const xOf = (value: number) => (last > first ? ((value - first) / (last - first)) * width : width / 2);
  const yOf = (value: number) => height * (1 - shareOf(axis, value));
  const count = Math.max(2, Math.floor(width / FEWEST_PIXELS));
  const across = xs.length === 0 ? [] : ticksOf(first, last, count).map((text) => ({ text, x: xOf(text) }));
  const middle = (axis.least + axis.most) / 2;
  const up = [axis.least, middle, axis.most].map((text) => ({ text, y: yOf(text) }));
  return { lines: curves.map((curve) => lineOf(curve, xOf, yOf)), across, up, xOf, yOf };
}

function cellsOf({ value, low, high, count }: Curve) {
  return Array.from(value, (one, at) => ({
    value: one,
    low: low[at] as number,
    high: high[at] as number,
    count: count[at] as number,
  }));
}

function lineOf(
  { x, value, low, high }: Curve,
  xOf: (value: number) => number,
  yOf: (value: number) => number,
): { path: string; band: string } {
  const known = Array.from(x, (_, at) => at).filter((at) => Number.isFinite(value[at]));
  const point = (at: number, values: Float32Array) =>
    `${xOf(x[at] as number).toFixed(1)} ${yOf(values[at] as number).toFixed(1)}`;
  const inside = known.filter((at) => Number.isFinite(low[at]) && Number.isFinite(high[at]));
  const around = [...inside.map((at) => point(at, high)), ...inside.reverse().map((at) => point(at, low))];
  return {
    path: known.length > 0 ? `M${known.map((at) => point(at, value)).join("L")}` : "",
    band: inside.length > 1 ? `M${around.join("L")}Z` : "",
  };
}

/** Returns round numbers between two, at most so many. */
export function ticksOf(first: number, last: number, most: number): number[] {
  if (!(last > first)) return [first];
  const rough = (last - first) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((digit) => digit * power >= rough * 0.999) as number);
  const from = Math.ceil(first / step - 1e-9);
  const to = Math.floor(last / step + 1e-9);
  return Array.from({ length: to - from + 1 }, (_, at) => Number(((from + at) * step).toPrecision(12)));
}
