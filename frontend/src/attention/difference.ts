/** How two heads differ. */

import type { HeadMatrix } from "./record/matrix";
import { weightAt } from "./weights";

/** Returns A less B as weights of either sign; null where they are of different shapes. What is finite in one only is not finite. */
export function differenceOf(a: HeadMatrix, b: HeadMatrix): HeadMatrix | null {
  const { queries, keys } = a;
  if (b.queries !== queries || b.keys !== keys) return null;
  const difference = {
    queries,
    keys,
    levels: new Uint8Array(queries * keys),
    scale: new Float32Array(queries),
    invalid: a.invalid || b.invalid ? new Uint8Array(queries * keys) : null,
    negative: new Uint8Array(queries * keys),
  };
  const row = new Float64Array(keys);
  for (let i = 0; i < queries; i++) {
    let largest = 0;
    for (let j = 0; j < keys; j++) {
      row[j] = weightAt(a, i, j) - weightAt(b, i, j);
      if (Number.isFinite(row[j])) largest = Math.max(largest, Math.abs(row[j] as number));
      else if (difference.invalid) difference.invalid[i * keys + j] = 1;
    }
    difference.scale[i] = largest;
    for (let j = 0; j < keys; j++) {
      const weight = row[j] as number;
      if (largest === 0 || !Number.isFinite(weight)) continue;
      difference.levels[i * keys + j] = Math.round(255 * Math.sqrt(Math.abs(weight) / largest));
      difference.negative[i * keys + j] = weight < 0 ? 1 : 0;
    }
  }
  return difference;
}

export interface Change {
  query: number;
  key: number;
  a: number;
  b: number;
}

/** Returns where A and B differ most, among the positions in sight; null where they do not differ. */
export function largestChange(
  a: HeadMatrix,
  b: HeadMatrix,
  queries: readonly number[],
  keys: readonly number[],
): Change | null {
  let largest: Change | null = null;
  let most = 0;
  for (const query of queries) {
    for (const key of keys) {
      const [one, other] = [weightAt(a, query, key), weightAt(b, query, key)];
      if (!(Math.abs(one - other) > most)) continue;
      most = Math.abs(one - other);
      largest = { query, key, a: one, b: other };
    }
  }
  return largest;
}
