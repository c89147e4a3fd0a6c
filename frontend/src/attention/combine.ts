import { quantisedRows, readRow } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { boundOf, isKnown, weightAt } from "./weights";

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
  const combined = quantisedRows(queries, keys, Math.max(...matrices.map(boundOf)), (query, row) => {
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
  const { blocks } = matrices.find((matrix) => matrix.blocks) ?? {};
  return blocks ? { ...combined, blocks, known: knownOf(matrices, how) } : combined;
}

/** What is known of all is known of their mean; the largest is where none that is not known can be larger. */
function knownOf(matrices: HeadMatrix[], how: "mean" | "max"): Uint8Array {
  const { queries, keys } = matrices[0] as HeadMatrix;
  const known = new Uint8Array(queries * keys);
  for (let query = 0, cell = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++, cell++) {
      let [sure, unsure] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const one of matrices) {
        const weight = weightAt(one, query, key);
        if (isKnown(one, query, key)) sure = Math.max(sure, weight);
        else unsure = Math.max(unsure, weight);
      }
      const isSure = unsure === Number.NEGATIVE_INFINITY || (how === "max" && sure >= unsure);
      if (isSure) known[cell] = 1;
    }
  }
  return known;
}
