/** Samples as files: CSV for tables, JSON for programs. */

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

/** What spreadsheets take for the beginning of a formula, in Chinese and Japanese input as well (OWASP, "CSV injection"). */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

const COLUMNS = ["run", "step", "prompt", "temperature", "repeat", "beams", "text", "reference"] as const;

/**
 * Returns the rows as RFC 4180 says: CRLF between records, every text in quotes, a line break in a text kept as it is. Spreadsheets take a
 * text that begins with "=" and the like for a formula and compute it, in quotes as well: an apostrophe before it keeps it a text. Those who
 * need the texts to the character export JSON.
 */
export function toCsv(rows: readonly ExportRow[]): string {
  const measures = measureNames(rows);
  const lines = rows.map((row) => [
    ...COLUMNS.map((column) => field(row[column])),
    ...measures.map((name) => field(row.measures[name] ?? null)),
  ]);
  return [[...COLUMNS, ...measures], ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  if (value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  return `"${FORMULA.test(value) ? "'" : ""}${value.replaceAll('"', '""')}"`;
}

/** Returns the rows as a JSON list; what is not a finite number is null there. */
export function toJson(rows: readonly ExportRow[]): string {
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

/** Hands a text to the user as a file. */
export function download(name: string, text: string, type: "text/csv" | "application/json"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
