/** Which curves stand in one chart, and the curve of several runs. */

import { CONFIDENCE, type Curve } from "../record/figures";

export interface Chart {
  /** What lies along it, and what is measured. */
  key: string;
  slice: string;
  curves: { side: "a" | "b"; curve: Curve }[];
}

/**
 * Returns a chart for each measure along each axis, of the wished slice where there is one.
 *
 * Args:
 *     a, b: the curves of each run that A and B are.
 */
export function chartsOf(a: readonly (readonly Curve[])[], b: readonly (readonly Curve[])[], wish: string): Chart[] {
  const drawn = [
    ...meanOf(a).map((curve) => ({ side: "a" as const, curve })),
    ...meanOf(b).map((curve) => ({ side: "b" as const, curve })),
  ].filter(({ curve }) => curve.by !== CONFIDENCE);
  const keys = [...new Set(drawn.map(({ curve }) => `${curve.by}\n${curve.measure}`))];
  return keys.map((key) => {
    const all = drawn.filter(({ curve }) => `${curve.by}\n${curve.measure}` === key);
    const slice = all.some(({ curve }) => curve.slice === wish) ? wish : (all[0]?.curve.slice ?? "");
    return { key, slice, curves: all.filter(({ curve }) => curve.slice === slice) };
  });
}

/**
 * Returns the curves of one run as they are, of several their mean at each place, over the runs that have a value there, between the
 * lowest and the highest of them; the count is that of the run with the fewest.
 */
export function meanOf(runs: readonly (readonly Curve[])[]): readonly Curve[] {
  const [only] = runs;
  if (runs.length < 2) return only ?? [];
  const alike = new Map<string, Curve[]>();
  for (const curve of runs.flat()) {
    const key = [curve.by, curve.measure, curve.slice, curve.mode].join("\n");
    alike.set(key, [...(alike.get(key) ?? []), curve]);
  }
  return [...alike.values()].map(meanCurve);
}

function meanCurve(curves: readonly Curve[]): Curve {
  const x = Float32Array.from([...new Set(curves.flatMap((curve) => [...curve.x]))].sort((one, other) => one - other));
  const points = Array.from(x, (place) =>
    curves.flatMap((curve) => {
      const at = curve.x.indexOf(place);
      const value = curve.value[at] ?? Number.NaN;
      return Number.isNaN(value) ? [] : [{ value, count: curve.count[at] ?? 0 }];
    }),
  );
  const each = (tell: (values: number[]) => number) =>
    Float32Array.from(points, (some) => (some.length > 0 ? tell(some.map(({ value }) => value)) : Number.NaN));
  return {
    ...(curves[0] as Curve),
    x,
    value: each((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    low: each((values) => Math.min(...values)),
    high: each((values) => Math.max(...values)),
    count: points.map((some) => (some.length > 0 ? Math.min(...some.map(({ count }) => count)) : 0)),
  };
}
