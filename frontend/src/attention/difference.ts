/** How two heads differ. */

import { quantisedRows, readRow } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { boundOf, isKnown, weightAt } from "./weights";

/**
 * Returns A less B as weights of either sign; null where they are of different shapes. What is finite in one only is not finite; where
 * a weight is not known, it is by how much they differ at least.
 */
export function differenceOf(a: HeadMatrix, b: HeadMatrix): HeadMatrix | null {
  const { queries, keys } = a;
  if (b.queries !== queries || b.keys !== keys) return null;
  const of = new Float64Array(keys);
  const blocks = a.blocks ?? b.blocks;
  const known = blocks && new Uint8Array(queries * keys);
  const difference = quantisedRows(queries, keys, boundOf(a) + boundOf(b), (query, row) => {
    readRow(a, query, row);
    readRow(b, query, of);
    for (let key = 0; key < keys; key++) row[key] = (row[key] as number) - (of[key] as number);
    for (let key = 0; known && key < keys; key++) {
      if (isKnown(a, query, key) && isKnown(b, query, key)) known[query * keys + key] = 1;
      else row[key] = leastBetween(spanOf(a, query, key), spanOf(b, query, key));
    }
  });
  const negative = difference.negative ?? new Uint8Array(queries * keys);
  return { ...difference, negative, ...(blocks && { blocks, known }) };
}

/** Returns by how much what lies in one span exceeds what lies in another, at least. */
function leastBetween([low, high]: Span, [lowB, highB]: Span): number {
  return low > highB ? low - highB : Math.min(0, high - lowB);
}

type Span = [low: number, high: number];

/** Of a weight that is not known only what it is at most is sure. */
function spanOf(matrix: HeadMatrix, query: number, key: number): Span {
  const weight = weightAt(matrix, query, key);
  if (isKnown(matrix, query, key)) return [weight, weight];
  return matrix.negative ? [-Math.abs(weight), Math.abs(weight)] : [0, weight];
}

export interface Change {
  query: number;
  key: number;
  a: number;
  b: number;
}

/** Returns where A and B differ most, among the positions in sight whose weights are known; null where they do not differ. */
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
      if (!isKnown(a, query, key) || !isKnown(b, query, key)) continue;
      const [one, other] = [weightAt(a, query, key), weightAt(b, query, key)];
      if (!(Math.abs(one - other) > most)) continue;
      most = Math.abs(one - other);
      largest = { query, key, a: one, b: other };
    }
  }
  return largest;
}
