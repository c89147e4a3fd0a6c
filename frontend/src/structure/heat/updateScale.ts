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

/** Whether a ratio is far from where it usually is: ten times beyond. */
export function isFarOff(ratio: number): boolean {
  return ratio < USUAL.from / 10 || ratio > USUAL.to * 10;
}
