import type { HeadMatrix } from "./record/matrix";

/** Quantises rows of weights as the wire format does: for tests and the gallery. */
export function quantised(rows: number[][]): HeadMatrix {
  const queries = rows.length;
  const keys = rows[0]?.length ?? 0;
  const levels = new Uint8Array(queries * keys);
  const scale = new Float32Array(queries);
  const invalid = new Uint8Array(queries * keys);
  rows.forEach((row, i) => {
    const largest = Math.max(0, ...row.filter(Number.isFinite));
    scale[i] = largest;
    row.forEach((weight, j) => {
      const cell = i * keys + j;
      if (Number.isNaN(weight)) invalid[cell] = 1;
      else if (!Number.isFinite(weight)) invalid[cell] = 2;
      else if (largest > 0) levels[cell] = Math.round(255 * Math.sqrt(weight / largest));
    });
  });
  return { queries, keys, levels, scale, invalid: invalid.some((cell) => cell !== 0) ? invalid : null };
}

/** The same where some weights are only what they are at most: `known` says which are not. */
export function partlyKnown(rows: number[][], known: number[][]): HeadMatrix {
  return { ...quantised(rows), known: Uint8Array.from(known.flat()), blocks: { queries: 2, keys: 2 } };
}
