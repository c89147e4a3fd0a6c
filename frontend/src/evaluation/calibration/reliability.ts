/** The reliability diagram: how often predictions of a confidence are right. */

import type { Curve } from "../record/figures";

export interface Bin {
  confidence: number;
  accuracy: number;
  count: number;
  /** Of all predictions. */
  share: number;
}

/** Returns the bins in which there is something. */
export function binsOf({ x, value, count }: Curve): Bin[] {
  const total = Array.from(count).reduce((sum, one) => sum + one, 0);
  return Array.from(x, (confidence, at) => ({
    confidence,
    accuracy: value[at] as number,
    count: count[at] as number,
    share: total > 0 ? (count[at] as number) / total : Number.NaN,
  })).filter(({ accuracy }) => !Number.isNaN(accuracy));
}

/** Returns the expected calibration error: how far accuracy is from confidence, by bin and size (Guo et al. 2017, equation 3). */
export function calibrationError(bins: readonly Bin[]): number {
  if (bins.length === 0) return Number.NaN;
  return bins.reduce((sum, { share, accuracy, confidence }) => sum + share * Math.abs(accuracy - confidence), 0);
}
