/** Cells of a matrix, and the strongest of several: the innermost loop of all drawing. */

/**
 * Cells ready to be coloured: levels 0 to 255 in row-major order, with the square root of the weight as their unit. Cell
 * (row, column) lies at `rowOf[row] * stride + columnOf[column]`, or plainly at `row * stride + column` where those are null.
 */
export interface CellGrid {
  rows: number;
  columns: number;
  stride: number;
  levels: Uint8Array;
  /** Same layout as `levels`: not zero where the weight is not finite. */
  invalid: Uint8Array | null;
  /** Same layout as `levels`: 1 where the weight is below 0, else 0; null where none is. */
  negative?: Uint8Array | null;
  /** Same layout as `levels`: 1 where the weight is known, 0 where it is at most that; null or left out where all are. */
  known?: Uint8Array | null;
  rowOf: ArrayLike<number> | null;
  columnOf: ArrayLike<number> | null;
  /** Factor from a row's levels to those of the whole head; null where it is 1 everywhere. */
  gain: Float32Array | null;
}

/**
 * The cells of a row that each place of a line covers: int32 [places] each, the first cell of every place, the second, and so on; a
 * place that covers fewer has its last one again. Offsets from the beginning of the row.
 */
export type Spans = readonly Int32Array[];

/** `from`, `to`: per place, the columns [from, to) that it covers; at least one. */
export function spansOf({ columnOf }: CellGrid, from: ArrayLike<number>, to: ArrayLike<number>): Spans {
  let most = 1;
  for (let place = 0; place < from.length; place++)
    most = Math.max(most, (to[place] as number) - (from[place] as number));
  return Array.from({ length: most }, (_, nth) => {
    const cells = new Int32Array(from.length);
    for (let place = 0; place < from.length; place++) {
      const column = Math.min((from[place] as number) + nth, (to[place] as number) - 1);
      cells[place] = columnOf === null ? column : (columnOf[column] as number);
    }
    return cells;
  });
}

/** Without a branch: which of two is larger no processor foresees in random weights. For numbers of up to 30 bits. */
function larger(one: number, other: number): number {
  const less = one - other;
  return one - (less & (less >> 31));
}

/**
 * Finds the strongest of the cells that each place of a line covers.
 *
 * Args:
 *     from, to: the rows [from, to) that the line covers; at least one.
 *     strongest: uint8 [places], overwritten: the largest level.
 *     isBelow: uint8 [places], overwritten: 1 where that weight is below 0; of grids without such weights not touched.
 */
export function gatherStrongest(
  grid: CellGrid,
  from: number,
  to: number,
  spans: Spans,
  strongest: Uint8Array,
  isBelow: Uint8Array,
): void {
  strongest.fill(0);
  for (let row = from; row < to; row += 2) {
    const next = Math.min(to - 1, row + 1);
    const [above, below] = [startOf(grid, row), startOf(grid, next)];
    upper.of(grid, row);
    lower.of(grid, next);
    for (let nth = 0; nth < spans.length; nth += 2) {
      const one = spans[nth] as Int32Array;
      const other = spans[nth + 1] ?? one;
      if (grid.negative) raiseSigned(grid.levels, grid.negative, above, below, one, other, strongest, isBelow);
      else if (above !== below) raise(grid.levels, above, below, one, other, strongest);
      else if (one !== other) raiseByRow(grid.levels, above, one, other, strongest);
      else raiseByCell(grid.levels, above, one, strongest);
    }
  }
}

/**
 * Colours a line of which each place covers one cell.
 *
 * Args:
 *     cells: per place the column, as `spansOf` has it.
 *     palette: its colours by level.
 *     pixels: uint32; those from `at` on, one for each place, are overwritten.
 */
export function paintRow(
  grid: CellGrid,
  row: number,
  cells: Int32Array,
  { colours }: { colours: Uint32Array },
  pixels: Uint32Array,
  at: number,
): void {
  const { levels } = grid;
  const start = startOf(grid, row);
  const coloured = colouredBy(gainOf(grid, row), colours);
  for (let place = 0; place < cells.length; place++)
    pixels[at + place] = coloured[levels[start + (cells[place] as number)] as number] as number;
}

const coloured = new Uint32Array(256);

/** Returns the colours of levels in a row with a gain. */
function colouredBy(gain: number, colours: Uint32Array): Uint32Array {
  if (gain === 1) return colours;
  for (let level = 0; level < 256; level++) coloured[level] = colours[onScale(level, gain)] as number;
  return coloured;
}

/** What each level of a row is on the scale of the grid; rows that follow each other often have the same. */
class Gained {
  readonly levels = new Uint8Array(256);
  #gain = Number.NaN;

  of(grid: CellGrid, row: number): void {
    const gain = gainOf(grid, row);
    if (gain === this.#gain) return;
    this.#gain = gain;
    for (let level = 0; level < 256; level++) this.levels[level] = onScale(level, gain);
  }
}

/** Of the row, or the rows, that are looked at. */
const [upper, lower] = [new Gained(), new Gained()];
const [upperLevels, lowerLevels] = [upper.levels, lower.levels];

function gainOf({ gain }: CellGrid, row: number): number {
  return gain?.[row] ?? 1;
}

/** Above the scale a weight is as dark as its end. */
function onScale(level: number, gain: number): number {
  return Math.min(255, (level * gain + 0.5) | 0);
}

function startOf({ rowOf, stride }: CellGrid, row: number): number {
  return (rowOf?.[row] ?? row) * stride;
}

function raiseByCell(levels: Uint8Array, start: number, cells: Int32Array, strongest: Uint8Array): void {
  for (let place = 0; place < strongest.length; place++) {
    const level = upperLevels[levels[start + (cells[place] as number)] as number] as number;
    strongest[place] = larger(strongest[place] as number, level);
  }
}

function raiseByRow(
  levels: Uint8Array,
  start: number,
  one: Int32Array,
  other: Int32Array,
  strongest: Uint8Array,
): void {
  for (let place = 0; place < strongest.length; place++) {
    const left = levels[start + (one[place] as number)] as number;
    const right = levels[start + (other[place] as number)] as number;
    strongest[place] = larger(strongest[place] as number, upperLevels[larger(left, right)] as number);
  }
}

function raise(
  levels: Uint8Array,
  upper: number,
  lower: number,
  one: Int32Array,
  other: Int32Array,
  strongest: Uint8Array,
): void {
  for (let place = 0; place < strongest.length; place++) {
    const left = one[place] as number;
    const right = other[place] as number;
    const above = larger(levels[upper + left] as number, levels[upper + right] as number);
    const below = larger(levels[lower + left] as number, levels[lower + right] as number);
    const both = larger(upperLevels[above] as number, lowerLevels[below] as number);
    strongest[place] = larger(strongest[place] as number, both);
  }
}

/** The same of weights of either sign: the strongest keeps its own. */
function raiseSigned(
  levels: Uint8Array,
  negative: Uint8Array,
  upper: number,
  lower: number,
  one: Int32Array,
  other: Int32Array,
  strongest: Uint8Array,
  isBelow: Uint8Array,
): void {
  const signed = (level: number, sign: number) => (level << 1) | sign;
  const at = (onScale: Uint8Array, cell: number) =>
    signed(onScale[levels[cell] as number] as number, negative[cell] as number);
  for (let place = 0; place < strongest.length; place++) {
    const left = one[place] as number;
    const right = other[place] as number;
    const above = larger(at(upperLevels, upper + left), at(upperLevels, upper + right));
    const below = larger(at(lowerLevels, lower + left), at(lowerLevels, lower + right));
    const before = strongest[place] === 0 ? 0 : signed(strongest[place] as number, isBelow[place] as number);
    const most = larger(before, larger(above, below));
    strongest[place] = most >> 1;
    isBelow[place] = most & 1;
  }
}

/**
 * Marks the places of a line of which the strongest cell is known, in a grid in which not all are.
 *
 * Args:
 *     isKnown: uint8 [places], overwritten: 1 where it is.
 *     strongest: uint8 [places], overwritten as by `gatherStrongest`.
 */
export function gatherKnown(
  grid: CellGrid,
  from: number,
  to: number,
  spans: Spans,
  strongest: Uint8Array,
  isKnown: Uint8Array,
): void {
  // As if they were signs, of which the larger one stays with the strongest.
  gatherStrongest({ ...grid, negative: grid.known ?? null }, from, to, spans, strongest, isKnown);
}

/** Marks the places of a line that cover a cell which is not finite. `broken`: uint8 [places], overwritten. */
export function gatherBroken(grid: CellGrid, from: number, to: number, spans: Spans, broken: Uint8Array): void {
  broken.fill(0);
  if (grid.invalid === null) return;
  for (let row = from; row < to; row++) {
    const start = startOf(grid, row);
    for (const cells of spans) {
      for (let place = 0; place < broken.length; place++)
        broken[place] = (broken[place] as number) | (grid.invalid[start + (cells[place] as number)] as number);
    }
  }
}
