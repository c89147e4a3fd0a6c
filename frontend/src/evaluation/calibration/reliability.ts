/** The reliability diagram: how often predictions of a confidence are right. */

import { CONFIDENCE, type Curve } from "../record/figures";

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

/** One run, beside what stands at B. */
export interface Diagram {
  run: string;
  slice: string;
  bins: Bin[];
  /** At B; none where there is nothing. */
  others: Bin[];
}

interface Drawn {
  run: string;
  curves: readonly Curve[];
}

/**
 * Returns a diagram for each run that has one, of the wished slice where there is one.
 *
 * Args:
 *     a: the curves of each run of A.
 *     b: those of the same runs at another step, or of the one run that all stand beside.
 *     runB: that one run; null for another step.
 */
export function diagramsOf(a: readonly Drawn[], b: readonly Drawn[], runB: string | null, wish: string): Diagram[] {
  return a.flatMap(({ run, curves }): Diagram[] => {
    const own = curves.filter(({ by }) => by === CONFIDENCE);
    const curve = own.find(({ slice }) => slice === wish) ?? own[0];
    if (!curve) return [];
    const other = b
      .find((one) => one.run === (runB ?? run))
      ?.curves.find(({ by, slice }) => by === CONFIDENCE && slice === curve.slice);
    const bins = binsOf(curve);
    return bins.length > 0 ? [{ run, slice: curve.slice, bins, others: other ? binsOf(other) : [] }] : [];
  });
}
