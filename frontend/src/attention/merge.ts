/** Weights between words, from those between their tokens. */

import { quantisedRows, readRow } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { boundOf } from "./weights";

/** The tokens [from, to) of a word. */
export interface Stretch {
  from: number;
  to: number;
}

/**
 * Returns the weights between words: what a word gets is the sum over its tokens, what it gives is their mean, so that rows that sum to 1
 * still do (Clark et al. 2019, "What Does BERT Look At?", section 4.1).
 *
 * Args:
 *     queries, keys: words that hold every token once, in order; null: the tokens themselves.
 */
export function mergeWords(
  matrix: HeadMatrix,
  queries: readonly Stretch[] | null,
  keys: readonly Stretch[] | null,
): HeadMatrix {
  const rows = queries ?? tokens(matrix.queries);
  const columns = keys ?? tokens(matrix.keys);
  const wordOf = new Uint32Array(matrix.keys);
  columns.forEach(({ from, to }, word) => {
    wordOf.fill(word, from, to);
  });
  const most = columns.reduce((most, { from, to }) => Math.max(most, to - from), 1);
  const of = new Float64Array(matrix.keys);
  return quantisedRows(rows.length, columns.length, most * boundOf(matrix), (query, row) => {
    const { from, to } = rows[query] as Stretch;
    for (let token = from; token < to; token++) {
      readRow(matrix, token, of);
      for (let key = 0; key < of.length; key++) {
        const word = wordOf[key] as number;
        row[word] = (row[word] as number) + (of[key] as number) / (to - from);
      }
    }
  });
}

function tokens(count: number): Stretch[] {
  return Array.from({ length: count }, (_, at) => ({ from: at, to: at + 1 }));
}
