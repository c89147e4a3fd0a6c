/** How wide the columns of the grid are, and which of them are in sight. In pixels. */

import type { Rows } from "../place";

/** Of the first column, which names the rows and stays in sight. */
export const NAME_WIDTH: Record<Rows, number> = { steps: 76, prompts: 132 };

/** A narrower column could not be read. */
const LEAST = 150;

export interface Columns {
  count: number;
  /** Of the first column. */
  name: number;
  /** Of what is in sight. */
  width: number;
  /** How far it is scrolled to the right. */
  scrolled: number;
}

/** Returns how wide all columns are together at least. */
export function leastWidth({ count, name }: Pick<Columns, "count" | "name">): number {
  return name + count * LEAST;
}

export function columnWidth({ count, name, width }: Columns): number {
  return Math.max(LEAST, (width - name) / Math.max(1, count));
}

/** Returns how many columns are out of sight at either side by more than half. */
export function columnsOutside(columns: Columns): { before: number; after: number } {
  const { count, width, scrolled, name } = columns;
  const each = columnWidth(columns);
  const after = count - Math.round((scrolled + width - name) / each);
  return { before: Math.min(count, Math.round(scrolled / each)), after: Math.max(0, Math.min(count, after)) };
}

/** Returns where scrolling ends up that shows the next columns to the right (1) or to the left (-1). */
export function scrolledBy(columns: Columns, by: 1 | -1): number {
  const { width, scrolled, name } = columns;
  return Math.max(0, Math.min(leastWidth(columns) - width, scrolled + by * (width - name)));
}

/** Returns how far to scroll so that a column is in sight; no further than needed. */
export function revealColumn(columns: Columns, column: number): number {
  const { width, scrolled, name } = columns;
  const each = columnWidth(columns);
  const [left, right] = [column * each, name + (column + 1) * each - width];
  return Math.min(left, Math.max(right, scrolled));
}
