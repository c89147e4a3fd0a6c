import { quantisedRows, readRow } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { boundOf } from "./weights";

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
  const of = new Float64Array(keys);
  return quantisedRows(queries, keys, Math.max(...matrices.map(boundOf)), (query, row) => {
    readRow(first, query, row);
    for (const matrix of others) {
      readRow(matrix, query, of);
      for (let key = 0; key < keys; key++) {
        const [one, other] = [row[key] as number, of[key] as number];
        row[key] = how === "mean" ? one + other : Math.max(one, other);
      }
    }
    if (how === "mean") for (let key = 0; key < keys; key++) row[key] = (row[key] as number) / matrices.length;
  });
}
