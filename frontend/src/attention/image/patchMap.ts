/** What one query, or all of them, put on the patches of an image. */

import type { HeadMatrix } from "../record/matrix";
import { weightAt } from "../weights";
import type { PatchGrid } from "./grid";

export interface PatchMap {
  rows: number;
  columns: number;
  /** float32 [rows, columns]; NaN where a weight is not finite. */
  weights: Float32Array;
  /** The sum of the weights on keys that are no patches. */
  beside: number;
}

/** Returns the weights of a query on the patches; `query` null: the mean of these queries. */
export function patchMap(
  matrix: HeadMatrix,
  grid: PatchGrid,
  query: number | null,
  queries: readonly number[],
): PatchMap {
  const { rows, columns, first } = grid;
  const weights = new Float32Array(rows * columns);
  const of = query === null ? queries : [query];
  let beside = 0;
  for (const one of of) {
    for (let key = 0; key < matrix.keys; key++) {
      const weight = weightAt(matrix, one, key);
      const patch = key - first;
      if (patch < 0 || patch >= weights.length) beside += weight / of.length;
      else weights[patch] = (weights[patch] as number) + (Number.isFinite(weight) ? weight : Number.NaN) / of.length;
    }
  }
  return { rows, columns, weights, beside };
}

/** Returns the largest size of a weight on a patch, 0 where none is finite. */
export function largestOf({ weights }: PatchMap): number {
  return weights.reduce((most, weight) => (Math.abs(weight) > most ? Math.abs(weight) : most), 0);
}

/** Returns A less B; null where their grids differ. */
export function mapDifference(a: PatchMap, b: PatchMap): PatchMap | null {
  if (a.rows !== b.rows || a.columns !== b.columns) return null;
  const weights = a.weights.map((weight, patch) => weight - (b.weights[patch] as number));
  return { ...a, weights, beside: a.beside - b.beside };
}

/** Returns the patches with most weight, by their place in the map, the strongest first. */
export function strongestPatches({ weights }: PatchMap, count: number): number[] {
  return [...weights.keys()]
    .filter((patch) => (weights[patch] as number) > 0)
    .sort((one, other) => (weights[other] as number) - (weights[one] as number))
    .slice(0, count);
}
