/** One head, cut out of the blob that it lies in with others. */

import { arrayOf, type Frame } from "../../wire/frame";
import type { Part } from "../../wire/schema.gen";
import type { HeadMatrix } from "./matrix";

/** Returns one head of quantised weights: the array `levels`, and those beside it, whose names begin with `beside`. */
export function cutOut(
  frame: Frame,
  { first_head, heads }: Part,
  head: number,
  { queries, keys }: { queries: number; keys: number },
  levels: string,
  beside: string,
): HeadMatrix {
  const cells = queries * keys;
  const index = head - first_head;
  const cut = (name: string) =>
    arrayOf(frame, name, Uint8Array, [heads, queries, keys]).data.subarray(index * cells, (index + 1) * cells);
  const [scale, invalid, negative] = [`${beside}scale`, `${beside}invalid`, `${beside}negative`];
  const bits = [heads, queries, Math.ceil(keys / 8)];
  return {
    queries,
    keys,
    levels: cut(levels),
    scale: arrayOf(frame, scale, Float32Array, [heads, queries]).data.subarray(index * queries, (index + 1) * queries),
    invalid: frame.arrays.has(invalid) ? cut(invalid) : null,
    negative: frame.arrays.has(negative)
      ? unpackSigns(arrayOf(frame, negative, Uint8Array, bits).data, index, queries, keys)
      : null,
  };
}

/** Returns uint8 [queries, keys] of one head, from a bit per key, the highest of a byte first. */
export function unpackSigns(bits: Uint8Array, head: number, queries: number, keys: number): Uint8Array {
  const bytes = Math.ceil(keys / 8);
  const negative = new Uint8Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    const start = (head * queries + query) * bytes;
    for (let key = 0; key < keys; key++) {
      negative[query * keys + key] = ((bits[start + (key >> 3)] ?? 0) >> (7 - (key & 7))) & 1;
    }
  }
  return negative;
}
