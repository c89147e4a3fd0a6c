/** Tables as files: every measure of every slice at every step. */

import { toCsv } from "../ui/csv";
import type { Tables } from "./types";

const COLUMNS = ["run", "step", "slice", "measure", "value", "low", "high", "count"] as const;

type Row = [run: string, step: number, slice: string, measure: string, ...numbers: number[]];

export function evaluationCsv(tables: readonly Tables[]): string {
  return toCsv(COLUMNS, rowsOf(tables));
}

/** Returns the rows as a JSON list; what is not a finite number is null there. */
export function evaluationJson(tables: readonly Tables[]): string {
  const records = rowsOf(tables).map((row) => Object.fromEntries(COLUMNS.map((column, at) => [column, row[at]])));
  return `${JSON.stringify(records, null, 1)}\n`;
}

function rowsOf(tables: readonly Tables[]): Row[] {
  return tables.flatMap((one) =>
    one.steps.flatMap((step, at) =>
      one.slices.flatMap((slice) =>
        one.measures.flatMap((measure): Row[] => {
          const { value, low, high, count } = one.cell(at, slice, measure);
          return Number.isNaN(value) ? [] : [[one.run, step, slice, measure, value, low, high, count]];
        }),
      ),
    ),
  );
}
