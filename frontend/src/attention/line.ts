/** What the reading line says of the weights that are pointed at or pinned. */

import type { Sentence } from "../language/sentence";
import { nameAt } from "./axis";
import { largestChange } from "./difference";
import { shortFigure } from "./headMeasures";
import { phrases } from "./language";
import { readingAt, strongestKeys, toldWeight } from "./reading";
import type { HeadMatrix } from "./record/matrix";
import type { Axis, Hover } from "./types";
import { formatWeight, isKnown, weightAt } from "./weights";

export interface LineInput {
  queries: Axis;
  keys: Axis;
  matrix: HeadMatrix;
  /** Of B; null where nothing is compared. */
  matrixB: HeadMatrix | null;
  /** Whether A and B are runs. */
  isOfRuns: boolean;
  hover: Hover;
  pinned: number | null;
}

const TOP = 3;

export function weightsLine({ queries, keys, matrix, matrixB, isOfRuns, hover, pinned }: LineInput): Sentence | null {
  const name = nameAt;
  const at = readingAt(hover, pinned);
  const query = at.query !== null && at.query < matrix.queries ? at.query : null;
  const key = at.key !== null && at.key < matrix.keys ? at.key : null;
  if (query !== null && key !== null) {
    const isInB = matrixB && query < matrixB.queries && key < matrixB.keys;
    return phrases.weightBetween(
      name(queries, query),
      name(keys, key),
      toldWeight(matrix, query, key),
      isInB ? toldWeight(matrixB, query, key) : null,
      formatWeight(matrix.scale[query] ?? 0),
      isKnown(matrix, query, key) && (!isInB || isKnown(matrixB, query, key)),
    );
  }
  if (query !== null) {
    const strongest = strongestKeys(matrix, query, keys, TOP);
    const entropy = rowEntropy(matrix, query);
    return phrases.looksAt(
      name(queries, query),
      strongest.map(({ key, weight }) => ({ token: name(keys, key), weight: formatWeight(weight) })),
      entropy === null ? null : { entropy: shortFigure(entropy), effective: shortFigure(Math.exp(entropy)) },
    );
  }
  if (key !== null) {
    const told = queries.shown
      .map((query) => ({ query, weight: weightAt(matrix, query, key) }))
      .filter(({ weight }) => weight > 0)
      .sort((one, other) => other.weight - one.weight)
      .slice(0, TOP);
    return phrases.lookedAtBy(
      name(keys, key),
      told.map(({ query }) => ({ token: name(queries, query), weight: toldWeight(matrix, query, key) })),
    );
  }
  const change = matrixB && largestChange(matrix, matrixB, queries.shown, keys.shown);
  if (!change) return null;
  const difference = change.a - change.b;
  return phrases.largestChange(
    name(queries, change.query),
    name(keys, change.key),
    {
      a: formatWeight(change.a),
      b: formatWeight(change.b),
      difference: (difference > 0 ? "+" : "−") + formatWeight(Math.abs(difference)),
    },
    isOfRuns,
  );
}

/** Returns the entropy of a row, in nats, over all its keys; its weights count by their size and as shares. Null: not all are known. */
export function rowEntropy(matrix: HeadMatrix, query: number): number | null {
  const { keys, known } = matrix;
  if (known?.subarray(query * keys, (query + 1) * keys).includes(0)) return null;
  const weights = Array.from({ length: matrix.keys }, (_, key) => Math.abs(weightAt(matrix, query, key)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0) || !Number.isFinite(sum)) return Number.isFinite(sum) ? 0 : Number.NaN;
  return weights.reduce((total, weight) => total - (weight > 0 ? (weight / sum) * Math.log(weight / sum) : 0), 0);
}
