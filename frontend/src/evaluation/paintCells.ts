/** Paints a grid of cells, such as a confusion matrix or tokens over steps. */

import { pack, type Rgb } from "../draw/colour";

/** Cells from so many pixels on have a gap between them. */
const GAP_FROM = 6;

/** Where cells begin, in pixels, and at the end where the last one ends. */
export type Edges = readonly number[];

/** Returns the edges of cells of one size, each a whole pixel. */
export function evenEdges(count: number, length: number): number[] {
  return Array.from({ length: count + 1 }, (_, at) => Math.round((at * length) / Math.max(1, count)));
}

/**
 * Returns the pixels of cells, packed as `ImageData` has them; what is in no cell is transparent.
 *
 * Args:
 *     colours: of the cells, row by row; null for one without a value.
 *     across, down: where the columns and the rows begin.
 */
export function paintCells(colours: readonly (Rgb | null)[], across: Edges, down: Edges): Uint32Array {
  const [width, height] = [across.at(-1) ?? 0, down.at(-1) ?? 0];
  const pixels = new Uint32Array(width * height);
  const columns = across.length - 1;
  for (let row = 0; row + 1 < down.length; row++) {
    const [top, bottom] = span(down, row);
    for (let column = 0; column < columns; column++) {
      const colour = colours[row * columns + column];
      if (!colour) continue;
      const [left, right] = span(across, column);
      const packed = pack(colour);
      for (let y = top; y < bottom; y++) pixels.fill(packed, y * width + left, y * width + right);
    }
  }
  return pixels;
}

/** Returns the cell that a place is in; -1 outside. */
export function cellUnder(edges: Edges, at: number): number {
  return edges.findIndex((from, cell) => at >= from && at < (edges[cell + 1] ?? from));
}

/** Puts pixels on a canvas as large as they are. */
export function putPixels(canvas: HTMLCanvasElement, pixels: Uint32Array, width: number): void {
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, pixels.length / Math.max(1, width));
  if (pixels.length === 0) return;
  const data = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
  canvas.getContext("2d")?.putImageData(new ImageData(data, width), 0, 0);
}

function span(edges: Edges, cell: number): [from: number, to: number] {
  const [from, to] = [edges[cell] as number, edges[cell + 1] as number];
  return [from, to - from >= GAP_FROM ? to - 1 : to];
}
