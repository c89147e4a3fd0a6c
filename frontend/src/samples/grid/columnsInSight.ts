/** A narrower column could not be read; in pixels. */
const LEAST_WIDTH = 160;

/** Returns the columns [from, to) that are drawn where there is no room for all: a page of them, with the current one. */
export function columnsInSight(count: number, current: number, width: number): { from: number; to: number } {
  const fitting = Math.max(1, Math.min(count, Math.floor(width / LEAST_WIDTH)));
  const from = Math.max(0, Math.min(count - fitting, Math.floor(current / fitting) * fitting));
  return { from, to: from + fitting };
}
