/** Tables as CSV. */

/** What stands in one column of one row; nothing where it is null or no number. */
export type Field = string | number | null;

/** What spreadsheets take for the beginning of a formula, in Chinese and Japanese input as well (OWASP, "CSV injection"). */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

/**
 * Returns rows as RFC 4180 says: CRLF between records, every text in quotes, a line break in a text kept as it is. Spreadsheets take a
 * text that begins with "=" and the like for a formula and compute it, in quotes as well: an apostrophe before it keeps it a text. Those who
 * need the texts to the character export JSON.
 *
 * Args:
 *     columns: their names, which are plain words.
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Field[])[]): string {
  return [columns, ...rows.map((row) => row.map(field))].map((line) => `${line.join(",")}\r\n`).join("");
}

function field(value: Field): string {
  if (value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  return `"${FORMULA.test(value) ? "'" : ""}${value.replaceAll('"', '""')}"`;
}
