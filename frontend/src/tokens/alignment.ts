/** Which tokens two texts have in common. */

import { diffArrays } from "diff/lib/diff/array.js";

/** The time grows with the square of the edits: texts with more than these have little in common. */
const MOST_EDITS = 1500;

/**
 * Returns of each token of `a` the place of its counterpart in `b`, rising, by Myers's shortest edit script; -1 where it has none. null
 * where the texts are too different to tell.
 */
export function placesIn(a: readonly string[], b: readonly string[]): Int32Array | null {
  const changes = diffArrays([...a], [...b], { maxEditLength: MOST_EDITS });
  if (!changes) return null;
  const places = new Int32Array(a.length).fill(-1);
  let [inA, inB] = [0, 0];
  for (const { value, added, removed } of changes) {
    if (!added && !removed) for (let at = 0; at < value.length; at++) places[inA + at] = inB + at;
    if (!added) inA += value.length;
    if (!removed) inB += value.length;
  }
  return places;
}
