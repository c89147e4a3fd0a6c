/** Lines from where a neighbour stands in one column to where it stands in the next. */

export interface SlopeColumn {
  /** The neighbours, the nearest first. */
  rows: readonly number[];
  /** How wide each word is, in CSS pixels. */
  widths: readonly number[];
}

export interface Slope {
  row: number;
  /** As SVG has it; y is 0 at the top of the first row. */
  path: string;
}

export interface Stub {
  x: number;
  y: number;
}

/** Of the dot before a word, and of what parts it from lines. */
export const DOT = 13;
const GAP = 7;
const BEFORE_DOT = 3;
export const STUB = 10;

/** Returns a line for each word that is in the next column, too, and a stub for each that is not; neither beside a column on its way. */
export function slopesOf(
  columns: readonly (SlopeColumn | null)[],
  columnWidth: number,
  rowHeight: number,
): { slopes: Slope[]; stubs: Stub[] } {
  const slopes: Slope[] = [];
  const stubs: Stub[] = [];
  const middle = (at: number) => (at + 0.5) * rowHeight;
  columns.forEach((column, index) => {
    const next = columns[index + 1];
    if (!column || !next) return;
    column.rows.forEach((row, at) => {
      const [left, y] = [index * columnWidth + DOT + (column.widths[at] ?? 0) + GAP, middle(at)];
      const to = next.rows.indexOf(row);
      if (to < 0) stubs.push({ x: left, y });
      else {
        const right = (index + 1) * columnWidth - BEFORE_DOT;
        const half = (right - left) / 2;
        slopes.push({
          row,
          path: `M${left} ${y}C${left + half} ${y} ${right - half} ${middle(to)} ${right} ${middle(to)}`,
        });
      }
    });
  });
  return { slopes, stubs };
}
