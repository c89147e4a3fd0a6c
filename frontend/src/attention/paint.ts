import { pack } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { DIVERGING_LEVELS, divergingScale, HATCH, sequentialScale } from "../draw/scales";
import { type CellGrid, gatherBroken, gatherKnown, gatherStrongest, paintRow, spansOf } from "./cells";
import type { Mapping } from "./types";

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
export const PARTED_FROM = 8;

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
  const spans = spansOf(grid, columns.from, columns.to);
  const isParted = columns.parted.includes(1);
  // What is painted while it moves.
  const isPlain = spans.length === 1 && !isParted && !grid.negative && !grid.invalid && !grid.known;
  const strongest = new Uint8Array(x.length);
  const isBelow = new Uint8Array(x.length);
  const broken = new Uint8Array(x.length);
  const isKnown = new Uint8Array(x.length);
  for (let row = 0; row < y.length; row++) {
    const at = row * x.length;
    if (rows.parted[row]) {
      pixels.fill(0, at, at + x.length);
      continue;
    }
    const from = rows.from[row] as number;
    const to = rows.to[row] as number;
    const isAsBefore = row > 0 && from === rows.from[row - 1] && to === rows.to[row - 1];
    if (isAsBefore && !grid.invalid && !grid.known && !rows.parted[row - 1]) {
      pixels.copyWithin(at, at - x.length, at);
      continue;
    }
    if (isPlain && to === from + 1) {
      paintRow(grid, from, spans[0] as Int32Array, palette, pixels, at);
      continue;
    }
    if (!isAsBefore) {
      if (grid.known) gatherKnown(grid, from, to, spans, strongest, isKnown);
      gatherStrongest(grid, from, to, spans, strongest, isBelow);
      gatherBroken(grid, from, to, spans, broken);
    }
    const colours = palette.colours;
    for (let column = 0; column < x.length; column++)
      pixels[at + column] = colours[strongest[column] as number] as number;
    if (grid.negative) {
      for (let column = 0; column < x.length; column++)
        if (isBelow[column]) pixels[at + column] = palette.below[strongest[column] as number] as number;
    }
    if (grid.known) {
      for (let column = 0; column < x.length; column++)
        // Lines of bare paper across what is not known: what is drawn there is paler.
        if (!isKnown[column] && (row + column) & 2) pixels[at + column] = colours[0] as number;
    }
    if (grid.invalid) {
      for (let column = 0; column < x.length; column++)
        if (broken[column]) pixels[at + column] = palette.hatch[((row + column) >> 2) & 1] as number;
    }
    if (isParted) {
      for (let column = 0; column < x.length; column++) if (columns.parted[column]) pixels[at + column] = 0;
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

/**
 * Returns an axis of cells that were halved so often (`power`) that they are still no longer than a pixel; `isCoarse`: that none is shorter,
 * so that of each pixel one is looked at.
 */
export function pooledAxis(
  length: number,
  start: number,
  cellsPerPixel: number,
  isCoarse = false,
): PixelAxis & { power: number } {
  const power = isCoarse ? Math.max(0, Math.ceil(Math.log2(cellsPerPixel))) : poolingPower(cellsPerPixel);
  return { power, length, start: start / 2 ** power, step: cellsPerPixel / 2 ** power };
}

/** How often to halve an axis so that its cells are still no longer than a pixel. */
export function poolingPower(cellsPerPixel: number): number {
  return Math.max(0, Math.floor(Math.log2(cellsPerPixel)));
}
