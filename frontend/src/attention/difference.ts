/** How two heads differ. */

import { quantisedRows, readRow } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { boundOf, weightAt } from "./weights";

/** Returns A less B as weights of either sign; null where they are of different shapes. What is finite in one only is not finite. */
export function differenceOf(a: HeadMatrix, b: HeadMatrix): HeadMatrix | null {
  const { queries, keys } = a;
  if (b.queries !== queries || b.keys !== keys) return null;
  const of = new Float64Array(keys);
  const difference = quantisedRows(queries, keys, boundOf(a) + boundOf(b), (query, row) => {
    readRow(a, query, row);
    readRow(b, query, of);
    for (let key = 0; key < keys; key++) row[key] = (row[key] as number) - (of[key] as number);
  });
  return { ...difference, negative: difference.negative ?? new Uint8Array(queries * keys) };
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
