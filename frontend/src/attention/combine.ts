import type { HeadMatrix } from "./record/matrix";
import { LEVEL_SHARES } from "./weights";

/**
 * One matrix for several heads of a layer: the mean or the maximum of their decoded weights, quantised again with a scale
 * per row, so that it draws like any head. A cell that is not finite in some head is not finite here.
 */
export function combineHeads(matrices: HeadMatrix[], how: "mean" | "max"): HeadMatrix {
  const [first, ...others] = matrices;
  if (first === undefined) throw new Error("combineHeads received no heads; expected at least one. Select a head.");
  if (others.length === 0) return first;
  const { queries, keys } = first;
  if (others.some((matrix) => matrix.queries !== queries || matrix.keys !== keys)) {
    const shapes = matrices.map((matrix) => `${matrix.queries} x ${matrix.keys}`).join(", ");
    throw new Error(`combineHeads received heads of ${shapes}; expected one shape. Combine heads of one layer.`);
  }

  const levels = new Uint8Array(queries * keys);
  const scale = new Float32Array(queries);
  const invalid = combineInvalid(matrices);
  const row = new Float64Array(keys);
  for (let i = 0; i < queries; i++) {
    row.fill(0);
    for (const matrix of matrices) {
      const rowScale = (matrix.scale[i] as number) / (how === "mean" ? matrices.length : 1);
      for (let j = 0, cell = i * keys; j < keys; j++, cell++) {
        const weight = rowScale * (LEVEL_SHARES[matrix.levels[cell] as number] as number);
        row[j] = how === "mean" ? (row[j] as number) + weight : Math.max(row[j] as number, weight);
      }
    }
    let largest = 0;
    for (let j = 0; j < keys; j++) {
      if (invalid?.[i * keys + j]) row[j] = 0;
      else if ((row[j] as number) > largest) largest = row[j] as number;
    }
    scale[i] = largest;
    if (largest === 0) continue;
    for (let j = 0; j < keys; j++) levels[i * keys + j] = Math.round(255 * Math.sqrt((row[j] as number) / largest));
  }
  return { queries, keys, levels, scale, invalid };
}

/** Not a number (1) wins over infinite (2). */
function combineInvalid(matrices: HeadMatrix[]): Uint8Array | null {
  let combined: Uint8Array | null = null;
  for (const { invalid } of matrices) {
    if (invalid === null) continue;
    if (combined === null) {
      combined = invalid.slice();
      continue;
    }
    for (let cell = 0; cell < invalid.length; cell++) {
      const code = invalid[cell] as number;
      if (code !== 0 && combined[cell] !== 1) combined[cell] = code;
    }
  }
  return combined;
}
