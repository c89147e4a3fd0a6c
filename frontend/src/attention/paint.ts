import { pack } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { DIVERGING_LEVELS, divergingScale, HATCH, sequentialScale } from "../draw/scales";
import type { Mapping } from "./types";

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
  /** Same layout as `levels`: not zero where the weight is below 0; null where none is. */
  negative?: Uint8Array | null;
  rowOf: ArrayLike<number> | null;
  columnOf: ArrayLike<number> | null;
  /** Factor from a row's levels to those of the whole head; null where it is 1 everywhere. */
  gain: Float32Array | null;
}

/** Where cells lie on the pixels of one axis. */
export interface PixelAxis {
  /** Device pixels. */
  length: number;
  /** The first cell in sight, with the fraction of it that is cut off. */
  start: number;
  /** Cells per device pixel. */
  step: number;
}

/** Colours as packed pixels. */
export interface Palette {
  /** By level, 0 to 255, the square root of the weight. */
  colours: Uint32Array;
  /** The same of weights below 0. */
  below: Uint32Array;
  hatch: [number, number];
}

/** Cells at least this many device pixels long are parted by a line of bare paper. */
const PARTED_FROM = 8;

/** `isSigned`: of weights that may be below 0, which have a scale to both sides. */
export function createPalette(mapping: Mapping, theme: Theme, isSigned = false): Palette {
  const place = (level: number) => (mapping === "linear" ? Math.round(level ** 2 / 255) : level);
  const levels = Array.from({ length: 256 }, (_, level) => place(level));
  const hatch: [number, number] = [pack(HATCH[theme][0]), pack(HATCH[theme][1])];
  if (!isSigned) {
    const scale = sequentialScale(theme).map(pack);
    const colours = Uint32Array.from(levels, (level) => scale[level] as number);
    return { colours, below: colours, hatch };
  }
  const scale = divergingScale(theme).map(pack);
  return {
    colours: Uint32Array.from(levels, (level) => scale[DIVERGING_LEVELS + level] as number),
    below: Uint32Array.from(levels, (level) => scale[DIVERGING_LEVELS - level] as number),
    hatch,
  };
}

/**
 * Colours the visible cells, pixel by pixel; a pixel that covers several cells shows the strongest.
 *
 * Args:
 *     grid: the cells; `x` and `y` count in its columns and rows.
 *     pixels: packed colours [y.length, x.length], overwritten; 0 (transparent) between parted cells.
 */
export function paintCells(grid: CellGrid, x: PixelAxis, y: PixelAxis, palette: Palette, pixels: Uint32Array): void {
  const columns = coverage(x, grid.columns);
  const rows = coverage(y, grid.rows);
  const strongest = new Uint8Array(x.length);
  const broken = new Uint8Array(x.length);
  const isBelow = new Uint8Array(x.length);
  for (let row = 0; row < y.length; row++) {
    const at = row * x.length;
    if (rows.parted[row]) {
      pixels.fill(0, at, at + x.length);
      continue;
    }
    const from = rows.from[row] as number;
    const to = rows.to[row] as number;
    if (row === 0 || from !== rows.from[row - 1] || to !== rows.to[row - 1]) {
      strongest.fill(0);
      broken.fill(0);
      isBelow.fill(0);
      for (let cell = from; cell < to; cell++) {
        const gain = grid.gain?.[cell] ?? 1;
        if (grid.negative) gatherSigned(grid.negative, grid, cell, columns, strongest, isBelow, gain);
        else gatherRow(grid.levels, grid, cell, columns, strongest, gain);
        if (grid.invalid) gatherRow(grid.invalid, grid, cell, columns, broken, 1);
      }
    }
    for (let column = 0; column < x.length; column++) {
      const colours = isBelow[column] ? palette.below : palette.colours;
      let colour = colours[strongest[column] as number] as number;
      if (broken[column]) colour = palette.hatch[((row + column) >> 2) & 1] as number;
      pixels[at + column] = columns.parted[column] ? 0 : colour;
    }
  }
}

interface Coverage {
  /** Per pixel: the cells [from, to) that it shows. */
  from: Int32Array;
  to: Int32Array;
  /** Per pixel: whether it parts two cells. */
  parted: Uint8Array;
}

function coverage({ length, start, step }: PixelAxis, cells: number): Coverage {
  const from = new Int32Array(length);
  const to = new Int32Array(length);
  const parted = new Uint8Array(length);
  // The small addition keeps rounding errors from giving a pixel to the cell before.
  const cellOf = (pixel: number) => Math.min(cells, Math.floor(start + pixel * step + 1e-6));
  for (let pixel = 0; pixel < length; pixel++) {
    const first = Math.min(cells - 1, cellOf(pixel));
    const next = cellOf(pixel + 1);
    from[pixel] = first;
    to[pixel] = Math.max(first + 1, next);
    parted[pixel] = step * PARTED_FROM <= 1 && next > first ? 1 : 0;
  }
  return { from, to, parted };
}

/** Raises `strongest` to the levels of one row of cells. This is the innermost loop of all drawing. */
function gatherRow(
  values: Uint8Array,
  grid: CellGrid,
  row: number,
  { from, to }: Coverage,
  strongest: Uint8Array,
  gain: number,
): void {
  const start = (grid.rowOf?.[row] ?? row) * grid.stride;
  const { columnOf } = grid;
  for (let pixel = 0; pixel < from.length; pixel++) {
    let column = from[pixel] as number;
    const end = to[pixel] as number;
    let largest = values[start + (columnOf === null ? column : (columnOf[column] as number))] as number;
    while (++column < end) {
      const value = values[start + (columnOf === null ? column : (columnOf[column] as number))] as number;
      if (value > largest) largest = value;
    }
    // Above the scale a weight is as dark as its end.
    const level = Math.min(255, (largest * gain + 0.5) | 0);
    if (level > (strongest[pixel] as number)) strongest[pixel] = level;
  }
}

/** The same of weights of either sign: the strongest keeps its own. */
function gatherSigned(
  negative: Uint8Array,
  grid: CellGrid,
  row: number,
  { from, to }: Coverage,
  strongest: Uint8Array,
  isBelow: Uint8Array,
  gain: number,
): void {
  const start = (grid.rowOf?.[row] ?? row) * grid.stride;
  for (let pixel = 0; pixel < from.length; pixel++) {
    for (let column = from[pixel] as number; column < (to[pixel] as number); column++) {
      const cell = start + (grid.columnOf === null ? column : (grid.columnOf[column] as number));
      const level = Math.min(255, ((grid.levels[cell] as number) * gain + 0.5) | 0);
      if (level <= (strongest[pixel] as number)) continue;
      strongest[pixel] = level;
      isBelow[pixel] = negative[cell] as number;
    }
  }
}

/** How often to halve an axis so that its cells are still no longer than a pixel. */
export function poolingPower(cellsPerPixel: number): number {
  return Math.max(0, Math.floor(Math.log2(cellsPerPixel)));
}
