/** The line on which the values of one measure stand, the same in every row. */

import type { Cell } from "../types";

export interface Axis {
  least: number;
  most: number;
}

const UNLIMITED: Axis = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
const MOST_DIGITS = [1, 2, 2.5, 5, 10];

/**
 * Returns an axis with round ends that holds all cells with their intervals; null where there are none.
 *
 * Args:
 *     limits: beyond which there are no values, though the interval of the mean of few runs may reach there.
 */
export function axisOf(cells: Iterable<Cell>, limits: Axis = UNLIMITED): Axis | null {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value, low, high } of cells)
    for (const end of [value, low, high]) {
      if (!Number.isFinite(end)) continue;
      least = Math.min(least, end);
      most = Math.max(most, end);
    }
  if (least > most) return null;
  const within = (axis: Axis): Axis => ({
    least: Math.max(limits.least, axis.least),
    most: Math.min(limits.most, axis.most),
  });
  const step = roundStep((most - least || Math.abs(most) || 1) / 6);
  const [from, to] = [Math.floor(least / step + 1e-6) * step, Math.ceil(most / step - 1e-6) * step];
  return within(
    from < to ? { least: clean(from), most: clean(to) } : { least: clean(from - step), most: clean(to + step) },
  );
}

/** Returns where a value is on an axis, 0 to 1; NaN for what is no number. */
export function shareOf({ least, most }: Axis, value: number): number {
  return Math.max(0, Math.min(1, (value - least) / (most - least)));
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (MOST_DIGITS.find((digit) => digit * power >= rough * 0.999) as number);
}

/** Without what binary fractions add. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
