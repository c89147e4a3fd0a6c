/** How far words moved between two steps, and how long their vectors are. */

import { isSpecial } from "../tokens/tokens";
import { arrayOf, type Frame } from "../wire/frame";

export interface Movement {
  /** Of each row: the length of its vector. */
  norms: Float32Array;
  /** Of each row: how far it is from where it was, NaN where that is unknown. */
  moved: Float32Array;
}

export function readMovement(frame: Frame): Movement {
  return { norms: arrayOf(frame, "norm", Float32Array).data, moved: arrayOf(frame, "moved", Float32Array).data };
}

/** How the neighbours of words changed between two steps. */
export interface Churn {
  /** Of each row: the share of its nearest neighbours that is new, NaN where it was not counted or is unknown. */
  shares: Float32Array;
  /** Of how many words it was counted. */
  counted: number;
}

/** `rows` is how many words there are. */
export function readChurn(frame: Frame, rows: number): Churn {
  const counted = arrayOf(frame, "row", Int32Array).data;
  const found = arrayOf(frame, "churn", Float32Array).data;
  const shares = new Float32Array(rows).fill(Number.NaN);
  counted.forEach((row, at) => {
    shares[row] = found[at] as number;
  });
  return { shares, counted: counted.length };
}

/** Returns the rows with the greatest values, the greatest first; padding, marks of beginning or end and what is not above 0 are left out. */
export function greatest(values: Float32Array, labels: readonly string[], count: number): number[] {
  const isBefore = (one: number, other: number) => (values[one] as number) > (values[other] as number);
  const rows: number[] = [];
  values.forEach((value, row) => {
    const isAmong = rows.length < count || isBefore(row, rows[rows.length - 1] as number);
    if (!(value > 0) || !isAmong || isSpecial(labels[row] ?? "")) return;
    let at = rows.length;
    while (at > 0 && isBefore(row, rows[at - 1] as number)) at -= 1;
    rows.splice(at, 0, row);
    if (rows.length > count) rows.pop();
  });
  return rows;
}

/**
 * Returns rows by their values, the greatest first, of those alike the one with the greatest `next`; padding, marks of beginning or end and
 * what is not above 0 come after them, as they were.
 */
export function ranked(
  rows: Iterable<number>,
  values: Float32Array,
  labels: readonly string[],
  next: Float32Array,
): number[] {
  const by = (values: Float32Array, one: number, other: number) => (values[other] as number) - (values[one] as number);
  const above: number[] = [];
  const rest: number[] = [];
  for (const row of rows) ((values[row] as number) > 0 && !isSpecial(labels[row] ?? "") ? above : rest).push(row);
  return [...above.sort((one, other) => by(values, one, other) || by(next, one, other)), ...rest];
}
