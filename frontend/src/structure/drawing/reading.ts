/** How large the texts of the drawing are drawn, so that they can be read whatever the zoom. */

export interface Reading {
  /** Letters in the drawing, by their usual size. */
  scale: number;
  /** Whether boxes say more than their names. */
  detailed: boolean;
  /** Whether something stands on lines. */
  hasLabels: boolean;
}

export const FULL: Reading = { scale: 1, detailed: true, hasLabels: true };
/** Below their zoom there is less to read, in larger letters. */
const LEVELS: readonly (readonly [from: number, Reading])[] = [
  [0.8, FULL],
  [0.66, { scale: 1.2, detailed: true, hasLabels: true }],
  [0.52, { scale: 1.4, detailed: true, hasLabels: true }],
  [0.4, { scale: 1.9, detailed: false, hasLabels: true }],
  [0, { scale: 2.2, detailed: false, hasLabels: false }],
];
/** From here on names can be read. */
export const LEAST_READABLE = 0.4;

export function readingAt(zoom: number): Reading {
  return LEVELS.find(([from]) => zoom >= from)?.[1] ?? FULL;
}
