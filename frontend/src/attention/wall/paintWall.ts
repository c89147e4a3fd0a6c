/** Paints all heads of a model onto one canvas. */

import type { Inks } from "../../draw/inks";
import { sparkline, stepX } from "../../draw/sparkline";
import type { CellGrid } from "../cells";
import { type Palette, type PixelAxis, paintCells } from "../paint";
import type { Thumbnail } from "../record/matrix";
import { LINE_HEIGHT, ROW_LABEL, type WallLayout } from "./wallLayout";

/** The part of an axis that is drawn, as shares of its length. */
export interface Stretch {
  from: number;
  to: number;
}

/** A head in small: the part of it that is drawn. */
export interface HeadPicture {
  thumbnail: Thumbnail | null;
  queries: Stretch;
  keys: Stretch;
}

export interface WallCell extends HeadPicture {
  /** A measure over the steps, on one scale from 0 to 1 for all; null where there is none. */
  line: Float32Array | null;
}

/** Returns the part of an axis in which the shown positions lie. */
export function stretchOf(shown: readonly number[], length: number): Stretch {
  if (shown.length === 0 || length === 0) return { from: 0, to: 1 };
  return { from: (shown[0] as number) / length, to: ((shown.at(-1) as number) + 1) / length };
}

/** Returns the cells of a thumbnail in which a part of its head lies. `gain`: factor of its levels. */
export function thumbnailGrid(thumbnail: Thumbnail, queries: Stretch, keys: Stretch, gain: number): CellGrid {
  const rows = indices(thumbnail.rows, queries);
  const columns = indices(thumbnail.columns, keys);
  return {
    rows: rows.length,
    columns: columns.length,
    stride: thumbnail.columns,
    levels: thumbnail.levels,
    invalid: null,
    rowOf: rows,
    columnOf: columns,
    gain: gain === 1 ? null : new Float32Array(rows.length).fill(gain),
  };
}

function indices(count: number, { from, to }: Stretch): number[] {
  // A hair of tolerance: a third of three is one.
  const first = Math.min(count - 1, Math.floor(from * count + 1e-6));
  const last = Math.max(first + 1, Math.ceil(to * count - 1e-6));
  return Array.from({ length: last - first }, (_, index) => first + index);
}

/** Paints a head as a square, in device pixels; nothing where there is no picture of it. */
export function paintPicture(
  context: CanvasRenderingContext2D,
  { thumbnail, queries, keys }: HeadPicture,
  left: number,
  top: number,
  side: number,
  palette: Palette,
  gain: number,
): void {
  if (!thumbnail || thumbnail.rows === 0 || thumbnail.columns === 0) return;
  const image = context.createImageData(side, side);
  const grid = thumbnailGrid(thumbnail, queries, keys, gain);
  const axis = (cells: number): PixelAxis => ({ length: side, start: 0, step: cells / side });
  paintCells(grid, axis(grid.columns), axis(grid.rows), palette, new Uint32Array(image.data.buffer));
  context.putImageData(image, left, top);
}

/** Paints rows of cells; `stepIndex` is where the dots of the lines are. */
export function paintWall(
  canvas: HTMLCanvasElement,
  rows: readonly (readonly WallCell[])[],
  layout: WallLayout,
  ratio: number,
  palette: Palette,
  inks: Inks,
  gain: number,
  stepIndex: number,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = Math.max(1, Math.round(layout.width * ratio));
  canvas.height = Math.max(1, Math.round(layout.height * ratio));
  const side = Math.max(1, Math.round(layout.cell * ratio));
  rows.forEach((cells, row) => {
    const top = Math.round((layout.tops[row] as number) * ratio);
    cells.forEach((cell, column) => {
      const left = Math.round((ROW_LABEL + column * layout.pitch) * ratio);
      paintPicture(context, cell, left, top, side, palette, gain);
      context.strokeStyle = inks.rule;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
      if (!layout.hasLines || !cell.line) return;
      context.save();
      context.translate(left, top + side + 2 * ratio);
      context.scale(ratio, ratio);
      strokeLine(context, cell.line, layout.cell, stepIndex, inks);
      context.restore();
    });
  });
}

const DOT = 2;

function strokeLine(
  context: CanvasRenderingContext2D,
  values: Float32Array,
  width: number,
  stepIndex: number,
  inks: Inks,
): void {
  const height = LINE_HEIGHT - 2 * DOT;
  const length = width - 2 * DOT;
  context.translate(DOT, DOT);
  const points = sparkline(values, length, height);
  context.beginPath();
  let isDown = false;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    const isThere = !Number.isNaN(x);
    if (isThere && isDown) context.lineTo(x, y);
    else if (isThere) context.moveTo(x, y);
    isDown = isThere;
  }
  context.strokeStyle = inks.ink2;
  context.lineWidth = 1.2;
  context.stroke();
  const value = values[stepIndex];
  if (value === undefined || Number.isNaN(value)) return;
  context.beginPath();
  context.arc(stepX(stepIndex, values.length, length), height * (1 - value), DOT, 0, 2 * Math.PI);
  context.fillStyle = inks.aFill;
  context.fill();
}
