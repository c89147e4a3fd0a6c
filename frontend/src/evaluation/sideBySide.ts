/** Drawings of one panel beside each other. */

/** Returns how wide each of some drawings is, of which as many stand side by side as are at least `least` pixels wide. */
export function widthOfEach(width: number, drawings: number, least: number): number {
  return Math.floor(width / Math.max(1, Math.min(drawings, Math.floor(width / least))));
}
