/** Matrices that are worked out from others: read and written row by row. */

import type { HeadMatrix } from "./record/matrix";
import { boundOf, LEVEL_SHARES, weightAt } from "./weights";

/** Reads a row into `row`, float64 [keys], with what is not finite in it. */
export function readRow(matrix: HeadMatrix, query: number, row: Float64Array): void {
  const { keys, levels } = matrix;
  const scale = matrix.scale[query] as number;
  if (matrix.invalid || matrix.negative) for (let key = 0; key < keys; key++) row[key] = weightAt(matrix, query, key);
  else
    for (let key = 0, cell = query * keys; key < keys; key++, cell++)
      row[key] = scale * (LEVEL_SHARES[levels[cell] as number] as number);
}

/**
 * Quantises rows of weights as the wire format does.
 *
 * Args:
 *     write: writes a row, float64 [keys], which is 0 before; what it says may be not finite, or below 0.
 *     bound: by how much what it writes may differ from what is true.
 */
export function quantisedRows(
  queries: number,
  keys: number,
  bound: number,
  write: (query: number, row: Float64Array) => void,
): HeadMatrix {
  const matrix: HeadMatrix = {
    queries,
    keys,
    levels: new Uint8Array(queries * keys),
    scale: new Float32Array(queries),
    invalid: null,
    negative: null,
  };
  const row = new Float64Array(keys);
  for (let query = 0; query < queries; query++) {
    row.fill(0);
    write(query, row);
    let largest = 0;
    for (let key = 0; key < keys; key++) {
      const size = Math.abs(row[key] as number);
      if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    }
    matrix.scale[query] = largest;
    for (let key = 0, cell = query * keys; key < keys; key++, cell++) {
      const weight = row[key] as number;
      if (weight === 0) continue;
      if (!Number.isFinite(weight)) {
        matrix.invalid ??= new Uint8Array(queries * keys);
        matrix.invalid[cell] = Number.isNaN(weight) ? 1 : 2;
      } else matrix.levels[cell] = Math.round(255 * Math.sqrt(Math.abs(weight) / largest));
      if (weight < 0) {
        matrix.negative ??= new Uint8Array(queries * keys);
        matrix.negative[cell] = 1;
      }
    }
  }
  return { ...matrix, bound: bound + boundOf(matrix) };
}
