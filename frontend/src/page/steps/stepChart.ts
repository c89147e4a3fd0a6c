/** Where everything of the step bar is, in CSS pixels: pure, so that it is tested without a browser. */

import { sparkline } from "../../draw/sparkline";
import { firstAbove } from "../../store/firstAbove";
import type { Spacing } from "../../store/place";

export interface ChartInput {
  /** Rising. */
  steps: readonly number[];
  spacing: Spacing;
  /** What is drawn, and the same of B's run; one for each step, NaN where it is not known. */
  values: ArrayLike<number> | null;
  valuesB: ArrayLike<number> | null;
  /** Indices of the handles; -1: none. */
  a: number;
  b: number;
  width: number;
  /** Left of the chart, for its word and its extremes. */
  left: number;
  isShort: boolean;
  widthOf(text: string): number;
  format(step: number): string;
}

export interface Handle {
  /** Of its line. */
  x: number;
  /** Of its badge. */
  badge: number;
  /** Of its dot on the line; null where no value is known. */
  y: number | null;
}

export interface StepChart {
  /** From `top` to the axis at `base`. */
  top: number;
  base: number;
  from: number;
  to: number;
  /** The line, what is below it, and the dots of a history too short for one. */
  path: string;
  area: string;
  dots: readonly { x: number; y: number }[];
  pathB: string;
  /** Where a tick stands; null where they are too close and become a band. */
  ticks: readonly number[] | null;
  labels: readonly { x: number; text: string }[];
  /** Of the values drawn; NaN where there are none. */
  least: number;
  most: number;
  a: Handle | null;
  b: Handle | null;
  /** Place of a step, by its index. */
  xOf(index: number): number;
  /** The step nearest to a place. */
  indexAt(x: number): number;
}

const RIGHT = 12;
const BADGE = 20;
const GAP = 14;
const LEAST_TICK = 3;
/** From this ratio on a line is drawn on a logarithmic scale. */
const LOGARITHMIC_FROM = 8;

export function stepChart(input: ChartInput): StepChart {
  const { steps, values, valuesB, isShort } = input;
  const top = isShort ? 4 : 7;
  const base = isShort ? 24 : 36;
  const from = input.left;
  const to = Math.max(from + 1, input.width - RIGHT);
  const xs = places(input, from, to);
  const xOf = (index: number) => xs[Math.max(0, Math.min(xs.length - 1, index))] ?? from;

  const finite = [values, valuesB].flatMap((some) => (some ? Array.from(some).filter(Number.isFinite) : []));
  const least = finite.reduce((one, other) => Math.min(one, other), finite[0] ?? Number.NaN);
  const most = finite.reduce((one, other) => Math.max(one, other), finite[0] ?? Number.NaN);
  const share = shareOf(least, most);
  const height = base - 4 - top;
  const shares = (some: ArrayLike<number> | null) => Float64Array.from(some ?? [], share);
  const line = (some: ArrayLike<number> | null) => {
    const points = sparkline(shares(some), to - from, height, xOf);
    return strokes(points, top);
  };
  const yOf = (some: ArrayLike<number> | null, index: number): number | null => {
    const value = some?.[index];
    return value === undefined || !Number.isFinite(value) ? null : top + height * (1 - share(value));
  };

  const drawn = line(values);
  const isDots = steps.length < 3;
  const areTogether = input.a >= 0 && input.a === input.b;
  const handle = (index: number, some: ArrayLike<number> | null, aside: number): Handle | null => {
    if (index < 0 || index >= steps.length) return null;
    const x = xOf(index);
    // Side by side at the last record both stay within the bar.
    const over = areTogether ? Math.max(0, x + BADGE + 1 - input.width) : 0;
    return { x, badge: x - over + (areTogether ? aside : 0), y: yOf(some, index) };
  };
  const a = handle(input.a, values, -BADGE / 2 - 0.5);
  const b = handle(input.b, valuesB ?? values, BADGE / 2 + 0.5);
  return {
    top,
    base,
    from,
    to,
    path: isDots ? "" : drawn.map(pathOf).join(""),
    area: isDots ? "" : drawn.map((stroke) => areaOf(stroke, base)).join(""),
    dots: isDots ? xs.flatMap((x, index) => dotAt(x, yOf(values, index))) : [],
    pathB: isDots ? "" : line(valuesB).map(pathOf).join(""),
    ticks: ticksOf(xs),
    labels: isShort ? [] : labelsOf(input, xs, [a, b]),
    least,
    most,
    a,
    b,
    xOf,
    indexAt: (x) => nearest(xs, x),
  };
}

function places({ steps, spacing }: ChartInput, from: number, to: number): number[] {
  const last = steps.length - 1;
  if (last < 1) return steps.map(() => (from + to) / 2);
  const [first, end] = [steps[0] as number, steps[last] as number];
  return steps.map((step, index) => {
    const share = spacing === "steps" ? (step - first) / (end - first) : index / last;
    return from + share * (to - from);
  });
}

/** Returns where a value is between the least, at 0, and the most, at 1. */
function shareOf(least: number, most: number): (value: number) => number {
  const isLogarithmic = least > 0 && most / least > LOGARITHMIC_FROM;
  const scaled = (value: number) => (isLogarithmic ? Math.log(value) : value);
  const [low, high] = [scaled(least), scaled(most)];
  return (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    return high > low ? (scaled(value) - low) / (high - low) : 0.5;
  };
}

type Stroke = readonly (readonly [x: number, y: number])[];

/** Parts points [x, y, x, y, ...] where a value is missing. */
function strokes(points: readonly number[], top: number): Stroke[] {
  const all: [number, number][][] = [[]];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (Number.isNaN(x)) all.push([]);
    else all.at(-1)?.push([x, top + y]);
  }
  return all.filter((stroke) => stroke.length > 0);
}

const at = ([x, y]: readonly [number, number]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

function pathOf(stroke: Stroke): string {
  // A value without neighbours is a dot, drawn by round ends.
  return `M${stroke.map(at).join("L")}${stroke.length === 1 ? "h0" : ""}`;
}

function areaOf(stroke: Stroke, base: number): string {
  const [first, last] = [stroke[0], stroke.at(-1)];
  return first && last
    ? `M${first[0].toFixed(1)} ${base}L${stroke.map(at).join("L")}L${last[0].toFixed(1)} ${base}Z`
    : "";
}

function dotAt(x: number, y: number | null): { x: number; y: number }[] {
  return y === null ? [] : [{ x, y }];
}

function ticksOf(xs: readonly number[]): readonly number[] | null {
  const span = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  if (xs.length > 1 && span / (xs.length - 1) < LEAST_TICK) return null;
  return xs;
}

/** Labels from the left, as many as fit with some air between; those under a handle are left out. */
function labelsOf(
  { steps, widthOf, format, width }: ChartInput,
  xs: readonly number[],
  handles: readonly (Handle | null)[],
): { x: number; text: string }[] {
  const labels: { x: number; text: string }[] = [];
  let free = Number.NEGATIVE_INFINITY;
  xs.forEach((x, index) => {
    const text = format(steps[index] as number);
    const half = widthOf(text) / 2;
    const isCovered = handles.some((one) => one && Math.abs(one.badge - x) < half + BADGE / 2 + 4);
    if (x - half < free + GAP || x + half > width || isCovered) return;
    labels.push({ x, text });
    free = x + half;
  });
  return labels;
}

function nearest(xs: readonly number[], x: number): number {
  const after = firstAbove(xs, x);
  const [before, next] = [xs[after - 1], xs[after]];
  if (before === undefined) return 0;
  if (next === undefined) return after - 1;
  return next - x < x - before ? after : after - 1;
}
