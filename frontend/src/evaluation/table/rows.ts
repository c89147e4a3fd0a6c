/** The rows of the table: which slices, and in which order. */

import { WHOLE_SET } from "../../wire/schema.gen";
import type { Order } from "../place";
import { type Cell, NO_CELL, type Tables } from "../types";
import { areClear, type Difference, differenceOf } from "./difference";
import { worseBy } from "./measures";

/** Slices that a measure has of fewer examples or tokens are not ranked by it. */
export const FEWEST_RANKED = 50;

/** Tables at a step. */
export interface Side {
  tables: Tables;
  /** Index of the step; -1 before the first. */
  at: number;
}

export interface Change extends Difference {
  /** Whether it is clear beside those of all other slices. */
  isClear: boolean;
}

export interface SliceRow {
  slice: string;
  /** Of how many examples or tokens the measure is that the rows are sorted by, without it the fewest; NaN where that is not known. */
  count: number;
  isRanked: boolean;
  /** By measure. */
  a: ReadonlyMap<string, Cell>;
  b: ReadonlyMap<string, Cell>;
  /** By measure; none where there is no B. */
  changes: ReadonlyMap<string, Change>;
}

/**
 * Returns the rows of the slices at A, the whole set first, those of few examples last.
 *
 * Args:
 *     slices: those to show.
 *     measure: what they are sorted by.
 */
export function rowsOf(
  a: Side,
  b: Side | null,
  slices: readonly string[],
  measures: readonly string[],
  measure: string,
  order: Order,
): SliceRow[] {
  const rows = slices.map((slice): SliceRow => {
    const cells = (side: Side | null) =>
      new Map(measures.map((name) => [name, side ? side.tables.cell(side.at, slice, name) : NO_CELL]));
    const own = cells(a);
    const count = countOf(own.get(measure) ?? NO_CELL) ?? fewestOf(own);
    return { slice, count, isRanked: !(count < FEWEST_RANKED), a: own, b: cells(b), changes: new Map() };
  });
  if (b) for (const name of measures) addChanges(rows, name);
  const whole = rows.filter(({ slice }) => slice === WHOLE_SET);
  const others = rows.filter(({ slice }) => slice !== WHOLE_SET);
  if (order === "logged") return [...whole, ...others];
  const badness = badnessOf(measure, b ? order : "worst");
  const sorted = others
    .map((row, at) => ({ row, at, by: badness(row) }))
    .sort(
      (one, other) =>
        rank(one.row, one.by) - rank(other.row, other.by) || descending(one.by, other.by) || one.at - other.at,
    )
    .map(({ row }) => row);
  return [...whole, ...sorted];
}

/** Returns of how many examples or tokens a value is, null where there is none. */
function countOf({ value, count }: Cell): number | null {
  return Number.isNaN(value) || Number.isNaN(count) ? null : count;
}

function fewestOf(cells: ReadonlyMap<string, Cell>): number {
  const counts = [...cells.values()].flatMap((cell) => countOf(cell) ?? []);
  return counts.length > 0 ? Math.min(...counts) : Number.NaN;
}

function addChanges(rows: SliceRow[], measure: string): void {
  const differences = rows.map(({ a, b }) => differenceOf(a.get(measure) ?? NO_CELL, b.get(measure) ?? NO_CELL));
  // What is not ranked is not looked at, so that it takes nothing from what is.
  const isFew = rows.map(({ a }) => (countOf(a.get(measure) ?? NO_CELL) ?? 0) < FEWEST_RANKED);
  const clear = areClear(differences.map(({ z }, at) => (isFew[at] ? Number.NaN : z)));
  rows.forEach((row, at) => {
    (row.changes as Map<string, Change>).set(measure, {
      ...(differences[at] as Difference),
      isClear: clear[at] as boolean,
    });
  });
}

function badnessOf(measure: string, order: Order): (row: SliceRow) => number {
  switch (order) {
    case "change":
      return ({ a, b }) => worseBy(measure, a.get(measure)?.value ?? Number.NaN, b.get(measure)?.value ?? Number.NaN);
    case "clearest":
      return ({ changes }) => Math.abs(changes.get(measure)?.z ?? Number.NaN);
    default:
      return ({ a }) => worseBy(measure, a.get(measure)?.value ?? Number.NaN, 0);
  }
}

/** Those that are ranked first, then those of few examples, then those without a value. */
function rank({ isRanked }: SliceRow, by: number): number {
  return Number.isNaN(by) ? 2 : isRanked ? 0 : 1;
}

function descending(one: number, other: number): number {
  return one === other || Number.isNaN(one) || Number.isNaN(other) ? 0 : other - one;
}
