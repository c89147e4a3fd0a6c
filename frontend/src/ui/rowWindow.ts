/** Which of many rows of one height are in the page, and where. */

/** Browsers draw no element much taller than this; Firefox gives up at 17.9 million pixels. */
const TALLEST = 15_000_000;

/** Rows beyond the edges that are kept ready for scrolling. */
const SPARE = 3;

export interface Rows {
  count: number;
  /** CSS pixels. */
  rowHeight: number;
  /** Of what is in sight, CSS pixels. */
  height: number;
}

export interface RowWindow {
  /** Rows [from, to) are in the page. */
  from: number;
  to: number;
  /** Where row `from` begins, in pixels of the scrolled element. */
  top: number;
}

/** Returns the height of the scrolled element: that of all rows, as long as a browser can draw it. */
export function extent({ count, rowHeight }: Rows): number {
  return Math.min(count * rowHeight, TALLEST);
}

/** How far rows move while the element is scrolled by one pixel; above 1 only where not all rows fit into an element. */
function pace(rows: Rows): number {
  const room = extent(rows) - rows.height;
  return room > 0 ? Math.max(1, (rows.count * rows.rowHeight - rows.height) / room) : 1;
}

export function rowWindow(rows: Rows, scrolled: number): RowWindow {
  const { count, rowHeight, height } = rows;
  const position = Math.max(0, scrolled * pace(rows));
  const from = clamp(Math.floor(position / rowHeight) - SPARE, 0, count);
  const to = clamp(Math.ceil((position + height) / rowHeight) + SPARE, from, count);
  return { from, to, top: from * rowHeight - position + Math.max(0, scrolled) };
}

/** Returns where to scroll to so that row `index` is whole in sight, no further than must be. */
export function revealRow(rows: Rows, scrolled: number, index: number): number {
  const { rowHeight, height } = rows;
  const position = scrolled * pace(rows);
  const top = index * rowHeight;
  if (top < position) return top / pace(rows);
  return top + rowHeight > position + height
    ? Math.max(0, Math.min(top, top + rowHeight - height)) / pace(rows)
    : scrolled;
}

/** Returns where to scroll to after rows came or went, so that what was row `before` and is row `after` stays where it was. */
export function keepRow(old: Rows, rows: Rows, scrolled: number, before: number, after: number): number {
  const position = scrolled * pace(old) + (after - before) * rows.rowHeight;
  return clamp(position, 0, Math.max(0, rows.count * rows.rowHeight - rows.height)) / pace(rows);
}

/** Whether row `index` is in sight, if only a part of it. */
export function isInSight(rows: Rows, scrolled: number, index: number): boolean {
  const position = scrolled * pace(rows);
  return (index + 1) * rows.rowHeight > position && index * rows.rowHeight < position + rows.height;
}

/** Returns where to scroll to after rows or view took another height: the row in sight stays so, or else the topmost row its place. */
export function resizeRows(old: Rows, rows: Rows, scrolled: number, anchor: number | null): number {
  const position = scrolled * pace(old) * (rows.rowHeight / old.rowHeight);
  const to = clamp(position, 0, Math.max(0, rows.count * rows.rowHeight - rows.height)) / pace(rows);
  return anchor !== null && isInSight(old, scrolled, anchor) ? revealRow(rows, to, anchor) : to;
}

/** Returns where a key scrolls to, by whole rows; null for other keys. */
export function scrollByKey(rows: Rows, scrolled: number, key: string): number | null {
  const { rowHeight, height } = rows;
  const page = Math.max(1, Math.floor(height / rowHeight)) * rowHeight;
  const steps: Record<string, number> = { PageUp: -page, PageDown: page };
  const last = extent(rows) - height;
  const step = steps[key];
  return step === undefined ? null : clamp(scrolled + step / pace(rows), 0, Math.max(0, last));
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
