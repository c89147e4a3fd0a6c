import type { Axis } from "./types";

/** Where a position of the original axis is among the shown ones; null if it is hidden or out of range. */
export function shownIndex(axis: Axis, position: number | null): number | null {
  if (position === null) return null;
  let low = 0;
  let high = axis.shown.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = axis.shown[middle] as number;
    if (found === position) return middle;
    if (found < position) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
