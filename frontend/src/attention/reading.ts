/** What the details say of the query under the pointer. */

import type { HeadMatrix } from "./record/matrix";
import type { Axis, Hover } from "./types";
import { formatWeight, isKnown, weightAt } from "./weights";

export interface KeyWeight {
  key: number;
  weight: number;
}

/** Returns what is read: the pointer goes before the pin, and a key alone is read with the pinned query. */
export function readingAt(hover: Hover, pinned: number | null): Hover {
  return { query: hover.query ?? pinned, key: hover.key };
}

/** Returns the keys that a query looks at most, among those in sight, the strongest first; weights that are no numbers lead. */
export function strongestKeys(matrix: HeadMatrix, query: number, keys: Axis, count: number): KeyWeight[] {
  const rank = (weight: number) => (Number.isNaN(weight) ? Number.POSITIVE_INFINITY : weight);
  const strongest: KeyWeight[] = [];
  for (const key of keys.shown) {
    // Of those that are not known none is stronger than the least that is.
    if (!isKnown(matrix, query, key)) continue;
    const weight = weightAt(matrix, query, key);
    const least = strongest[count - 1];
    if (weight === 0 || (least && rank(weight) <= rank(least.weight))) continue;
    const index = strongest.findIndex((other) => rank(other.weight) < rank(weight));
    strongest.splice(index < 0 ? strongest.length : index, 0, { key, weight });
    strongest.length = Math.min(strongest.length, count);
  }
  return strongest;
}

/** A weight as it is told: where it is not known, what it is at most. */
export function toldWeight(matrix: HeadMatrix, i: number, j: number): string {
  const told = formatWeight(weightAt(matrix, i, j));
  return isKnown(matrix, i, j) ? told : `≤ ${told}`;
}
