/** Figures below words. */

import type { Value } from "./scene";

/** Between two figures, in CSS pixels. */
const GAP = 4;

/** Where a figure is to stand, in CSS pixels. */
export interface Place {
  middle: number;
  top: number;
  width: number;
}

/** Returns the positions of those that do not run into a figure of a greater weight; the others are read in the matrix. */
export function fittingValues(values: readonly Value[], placeOf: (value: Value) => Place | null): ReadonlySet<number> {
  const shown = new Map<number, Place>();
  for (const value of [...values].sort((one, other) => other.weight - one.weight)) {
    const place = placeOf(value);
    const isFree =
      place &&
      [...shown.values()].every(
        (other) =>
          other.top !== place.top || Math.abs(other.middle - place.middle) >= (other.width + place.width) / 2 + GAP,
      );
    if (isFree) shown.set(value.position, place);
  }
  return new Set(shown.keys());
}
