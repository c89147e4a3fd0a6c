/** Samples as files: CSV for tables, JSON for programs. */

import { toCsv } from "../ui/csv";
import type { SampleKey } from "../wire/schema.gen";

/** One sample, its prompt and reference as text. */
export interface ExportRow extends Omit<SampleKey, "prompt"> {
  run: string;
  step: number;
  prompt: string;
  text: string;
  /** Null where there is none. */
  reference: string | null;
  /** By name; NaN where there is nothing to measure. */
  measures: Readonly<Record<string, number>>;
}

const COLUMNS = ["run", "step", "prompt", "temperature", "repeat", "beams", "text", "reference"] as const;

/** Returns the rows as a table of texts and numbers. */
export function samplesCsv(rows: readonly ExportRow[]): string {
  const measures = measureNames(rows);
  const fields = rows.map((row) => [
    ...COLUMNS.map((column) => row[column]),
    ...measures.map((name) => row.measures[name] ?? null),
  ]);
  return toCsv([...COLUMNS, ...measures], fields);
}

/** Returns the rows as a JSON list; what is not a finite number is null there. */
export function samplesJson(rows: readonly ExportRow[]): string {
  const measures = measureNames(rows);
  const records = rows.map((row) => ({
    ...Object.fromEntries(COLUMNS.map((column) => [column, row[column]])),
    measures: Object.fromEntries(measures.map((name) => [name, row.measures[name] ?? null])),
  }));
  return `${JSON.stringify(records, null, 1)}\n`;
}

/** Those that some row has, in the order of their first appearance. */
function measureNames(rows: readonly ExportRow[]): string[] {
  return [...new Set(rows.flatMap(({ measures }) => Object.keys(measures)))];
}
