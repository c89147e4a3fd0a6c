/** Where the heads of a model are on its wall: pure, so that it is tested without a browser. Sizes are CSS pixels. */

/** How many heads each layer has, in the rows of the wall, and which rows have a heading above. */
export interface WallRow {
  heads: number;
  /** "" where the row belongs to the heading above. */
  heading: string;
}

export interface WallLayout {
  /** Side of a cell. */
  cell: number;
  /** From one cell to the next. */
  pitch: number;
  /** Whether a line is drawn under each cell. */
  hasLines: boolean;
  /** Top of each row, and of its heading. */
  tops: readonly number[];
  headings: readonly number[];
  /** Of all. */
  width: number;
  height: number;
}

/** Room for the labels of rows. */
export const ROW_LABEL = 30;
/** Above the first row: the numbers of the heads. */
export const NUMBERS = 18;
const GAP = 2;
const HEADING = 18;
const LINE = 16;
export const LINE_HEIGHT = 12;
const LARGEST = 64;
const LEAST = 4;
/** Up to so many rows there is a line under each cell. */
const ROWS_WITH_LINES = 6;

/** The widest a wall may be: of many heads more of the view, since each must be told from the others. */
export function widestWall(view: number, heads: number): number {
  return view * (heads >= 16 ? 0.34 : 0.28);
}

/** Lays out the wall as large as the room allows; every head is in sight unless that made cells smaller than a few pixels. */
export function wallLayout(rows: readonly WallRow[], width: number, height: number, withLines: boolean): WallLayout {
  const heads = Math.max(1, ...rows.map((row) => row.heads));
  const headings = rows.filter(({ heading }) => heading !== "").length;
  const hasLines = withLines && rows.length <= ROWS_WITH_LINES;
  const below = hasLines ? LINE : 0;
  const across = (width - ROW_LABEL) / heads - GAP;
  const down = (height - NUMBERS - headings * HEADING) / Math.max(1, rows.length) - GAP - below;
  const cell = Math.max(LEAST, Math.floor(Math.min(across, down, LARGEST)));
  const pitch = cell + GAP;
  const tops: number[] = [];
  const headingTops: number[] = [];
  let y = NUMBERS;
  for (const { heading } of rows) {
    headingTops.push(y);
    if (heading !== "") y += HEADING;
    tops.push(y);
    y += pitch + below;
  }
  return { cell, pitch, hasLines, tops, headings: headingTops, width: ROW_LABEL + heads * pitch, height: y };
}

/** Which heads are numbered above: all, or some where there is no room for each. */
export function numberedHeads(heads: number, pitch: number): number[] {
  const every = pitch >= 18 ? 1 : pitch >= 10 ? 2 : 4;
  return Array.from({ length: heads }, (_, head) => head).filter((head) => head % every === 0);
}

/** A head of the model. */
export interface HeadPlace {
  /** Index of its layer in the record. */
  layer: number;
  head: number;
}

/** Returns the heads in the order of a value, the largest first; those without one come last. Each row is filled. */
export function sortedHeads(
  heads: readonly HeadPlace[],
  measureOf: (place: HeadPlace) => number,
  perRow: number,
): HeadPlace[][] {
  const rank = (place: HeadPlace) => {
    const value = measureOf(place);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  const ranked = heads.map((place) => [place, rank(place)] as const).sort((one, other) => other[1] - one[1]);
  const rows: HeadPlace[][] = [];
  for (let at = 0; at < ranked.length; at += perRow) rows.push(ranked.slice(at, at + perRow).map(([place]) => place));
  return rows;
}

/** Returns the cell that an arrow leads to from another; null for other keys. */
export function cellAfter(
  rows: readonly (readonly unknown[])[],
  row: number,
  column: number,
  key: string,
): { row: number; column: number } | null {
  const clampRow = (to: number) => Math.max(0, Math.min(rows.length - 1, to));
  const clampColumn = (inRow: number, to: number) => Math.max(0, Math.min((rows[inRow]?.length ?? 1) - 1, to));
  const moves: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, Number.NEGATIVE_INFINITY],
    End: [0, Number.POSITIVE_INFINITY],
  };
  const move = moves[key];
  if (!move) return null;
  const to = clampRow(row + move[0]);
  return { row: to, column: clampColumn(to, column + move[1]) };
}
