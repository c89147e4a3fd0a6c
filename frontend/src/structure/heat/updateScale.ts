/** Where the ratio of update to weight is on its axis: five decades, in the middle of which it usually is. */

const LEAST = 1e-5;
const MOST = 1e-1;
const USUAL = { from: 5e-4, to: 1e-2 };

/** Returns the place of a ratio, 0 to 1, at the ends what lies beyond them; NaN for what is no number. */
export function placeOfUpdate(ratio: number): number {
  if (ratio <= 0) return 0;
  return Math.max(0, Math.min(1, Math.log(ratio / LEAST) / Math.log(MOST / LEAST)));
}

/** The band in which training usually goes well. */
export const USUAL_BAND = { from: placeOfUpdate(USUAL.from), to: placeOfUpdate(USUAL.to) };

/**
 * Whether a ratio is far from where it usually is: ten times beyond. One that is smaller is also far from that of the other layers,
 * ten times less: what all share is the learning rate, which may be that small on purpose.
 *
 * Args:
 *     middle: the median of all layers.
 */
export function isFarOff(ratio: number, middle: number): boolean {
  return ratio > USUAL.to * 10 || ratio < Math.min(USUAL.from, middle) / 10;
}
