/** The arrays of one head as they came in the frame. */

/**
 * One head of one layer: weight(i, j) = scale[i] * (levels[i * keys + j] / 255) ** 2, or minus that where `negative` says so. Views
 * into the decoded frame, but for `negative`.
 */
export interface HeadMatrix {
  queries: number;
  keys: number;
  /** uint8 [queries, keys]. */
  levels: Uint8Array;
  /** float32 [queries]: the largest weight of the row, whatever its sign. */
  scale: Float32Array;
  /** uint8 [queries, keys]: 0 finite, 1 NaN, 2 infinite; null where all weights are finite. */
  invalid: Uint8Array | null;
  /** uint8 [queries, keys]: 1 where the weight is below 0; null or left out where none is. */
  negative?: Uint8Array | null;
  /** float32 [keys]: the length of the value of each key; null or left out where it is not known. */
  valueNorms?: Float32Array | null;
  /** uint8 [queries, keys]: 1 where the weight is known, 0 where it is at most what the matrix says; null or left out: all are. */
  known?: Uint8Array | null;
  /** Where some are not known: queries and keys of the blocks of which the strongest weight is. */
  blocks?: { queries: number; keys: number };
  /** By how much a weight may differ from the true one, where that is more than 1 / 255 of the largest. */
  bound?: number;
}

/** One head in small: levels uint8 [rows, columns] = 255 * sqrt(weight), one scale for all heads of all steps. */
export interface Thumbnail {
  rows: number;
  columns: number;
  levels: Uint8Array;
}
