/** Records of what each key brings instead of its weight: the weight times the length of the value that it multiplies. */

import { quantisedRows, readRow } from "../quantise";
import { boundOf } from "../weights";
import type { HeadMatrix } from "./matrix";
import type { LoadedRecord, Still } from "./record";

/** Returns the record with contributions in the place of weights; small pictures stay those of weights. */
export function ofContributions(record: LoadedRecord): LoadedRecord {
  return {
    ...record,
    matrices: new Map([...record.matrices].map(([head, matrix]) => [head, contributionsOf(matrix)])),
  };
}

const known = new WeakMap<Still, Still>();

/** The same of one head at another step; null where its values are not known, as it has nothing to be drawn. */
export function stillOfContributions(still: Still): Still | null {
  if (!still.matrix?.valueNorms) return null;
  const found = known.get(still) ?? { ...still, matrix: contributionsOf(still.matrix) };
  known.set(still, found);
  return found;
}

/** Returns weight times length, quantised again. */
function contributionsOf(matrix: HeadMatrix): HeadMatrix {
  const { queries, keys, valueNorms } = matrix;
  if (!valueNorms) return matrix;
  const bound = boundOf(matrix) * valueNorms.reduce((most, norm) => Math.max(most, norm), 0);
  return quantisedRows(queries, keys, bound, (query, row) => {
    readRow(matrix, query, row);
    for (let key = 0; key < keys; key++) row[key] = (row[key] as number) * (valueNorms[key] as number);
  });
}
