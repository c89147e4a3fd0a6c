/** Paints one row of the table: a cell for each record, or for several that share a few pixels. */

import { pack, type Rgb } from "../../draw/colour";
import type { Theme } from "../../draw/inks";
import { HATCH } from "../../draw/scales";

/** Between cells that are wider than a few pixels. */
const GAP_FROM = 5;
const STRIPE = 3;

export interface HeatCells {
  /** For each cell the first and the last record in it. */
  from: readonly number[];
  to: readonly number[];
}

/** Returns how records become cells: each one of its own, or as many as there is room for, two pixels each. */
export function heatCells(records: number, width: number): HeatCells {
  const count = Math.max(1, Math.min(records, Math.floor(width / 2)));
  const cells = Array.from({ length: count }, (_, cell) => cell);
  return {
    from: cells.map((cell) => Math.floor((cell * records) / count)),
    to: cells.map((cell) => Math.floor(((cell + 1) * records) / count) - 1),
  };
}

/** Returns the value that a cell shows: what is not finite goes before all others, then the largest; NaN where there is none. */
export function cellValue(values: ArrayLike<number>, from: number, to: number): number {
  let found = Number.NaN;
  for (let at = from; at <= to; at++) {
    const value = values[at] as number;
    if (!Number.isNaN(value) && !Number.isFinite(value)) return value;
    if (Number.isNaN(found) || value > found) found = value;
  }
  return found;
}

/** Returns the record under a place of a row. */
export function recordAt({ from, to }: HeatCells, x: number, width: number, chosen: number): number {
  const cell = Math.max(0, Math.min(from.length - 1, Math.floor((x / width) * from.length)));
  const [first, last] = [from[cell] as number, to[cell] as number];
  return Math.max(first, Math.min(last, chosen < first || chosen > last ? last : chosen));
}

/**
 * Returns the pixels of a row.
 *
 * Args:
 *     colours: of each cell; null for what is not finite, undefined where nothing is known.
 */
export function paintHeat(
  colours: readonly (Rgb | null | undefined)[],
  width: number,
  height: number,
  theme: Theme,
): Uint32Array<ArrayBuffer> {
  const pixels = new Uint32Array(width * height);
  const [dark, light] = HATCH[theme].map(pack) as [number, number];
  const gap = width / colours.length >= GAP_FROM ? 1 : 0;
  colours.forEach((colour, cell) => {
    if (colour === undefined) return;
    const from = Math.round((cell * width) / colours.length);
    const to = Math.max(from + 1, Math.round(((cell + 1) * width) / colours.length) - gap);
    const ink = colour === null ? null : pack(colour);
    for (let y = 0; y < height; y++)
      for (let x = from; x < Math.min(to, width); x++)
        pixels[y * width + x] = ink ?? ((x + y) % (2 * STRIPE) < STRIPE ? dark : light);
  });
  return pixels;
}
