/** How sure one can be that A differs from B. */

import type { Cell } from "../types";

/** Half of a 95 % interval, in standard deviations. */
const HALF_WIDTH = 1.959964;
/** Share of the differences called clear that may be none. */
const FALSE_DISCOVERIES = 0.05;

export interface Difference {
  /** A − B. */
  value: number;
  low: number;
  high: number;
  /** How many standard deviations it is from 0; NaN where the intervals are not known. */
  z: number;
}

/**
 * Returns the difference of two cells with its 95 % interval, from the intervals of the two alone (the square-and-add method: Newcombe
 * 1998, "Interval estimation for the difference between independent proportions", method 10; for any estimates Zou and Donner 2008,
 * "Construction of confidence limits about effect measures"). It takes the two for independent. Those of one held-out set are
 * not, and rather fall together, so that it calls too few differences clear, not too many.
 */
export function differenceOf(a: Cell, b: Cell): Difference {
  const value = a.value - b.value;
  const below = Math.hypot(a.value - a.low, b.high - b.value);
  const above = Math.hypot(a.high - a.value, b.value - b.low);
  // Towards 0 is what counts.
  const deviation = (value > 0 ? below : above) / HALF_WIDTH;
  const z = value === 0 ? 0 : value / deviation;
  return { value, low: value - below, high: value + above, z };
}

/** Returns the chance of a difference at least as large where there is none (two-sided, normal). */
export function chanceOf(z: number): number {
  return 2 * upperTail(Math.abs(z));
}

/**
 * Returns which of many differences are clear: of those said to be, one in twenty is none, however many were looked at (Benjamini and
 * Hochberg 1995, "Controlling the false discovery rate"). What is not known is not clear.
 */
export function areClear(zs: readonly number[]): boolean[] {
  const chances = zs.map(chanceOf);
  const rising = chances.filter((chance) => !Number.isNaN(chance)).sort((one, other) => one - other);
  let limit = -1;
  rising.forEach((chance, at) => {
    if (chance <= (FALSE_DISCOVERIES * (at + 1)) / rising.length) limit = chance;
  });
  return chances.map((chance) => chance <= limit);
}

/** The upper tail of the standard normal distribution (Abramowitz and Stegun 1964, 26.2.17; to 1e-7). */
function upperTail(z: number): number {
  if (!Number.isFinite(z)) return Number.isNaN(z) ? z : 0;
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
