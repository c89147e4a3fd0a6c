import { type Palette, paintCells, pooledAxis } from "../paint";
import type { HeadMatrix } from "../record/matrix";
import { isKnown, weightAt } from "../weights";
import type { Pyramid } from "./pyramid";
import type { AxisWindow, MatrixWindow } from "./viewport";

/** The pixels of the last painting: so much memory is not asked for at every frame. */
let kept: ImageData | null = null;

/** Paints what is in sight at `ratio` pixels for each of CSS; `isCoarse`: with cells no smaller than a pixel. */
export function paintMatrix(
  canvas: HTMLCanvasElement,
  pyramid: Pyramid,
  sight: MatrixWindow,
  ratio: number,
  palette: Palette,
  perRow: boolean,
  isCoarse = false,
): void {
  const context = canvas.getContext("2d");
  const y = pixelAxis(sight.queries, ratio, isCoarse);
  const x = pixelAxis(sight.keys, ratio, isCoarse);
  if (context === null || x.length === 0 || y.length === 0) return;
  if (canvas.width !== x.length) canvas.width = x.length;
  if (canvas.height !== y.length) canvas.height = y.length;
  if (kept?.width !== x.length || kept.height !== y.length) kept = context.createImageData(x.length, y.length);
  const grid = pyramid.level(y.power, x.power, perRow);
  paintCells(grid, x, y, palette, new Uint32Array(kept.data.buffer));
  context.putImageData(kept, 0, 0);
}

function pixelAxis(axis: AxisWindow, ratio: number, isCoarse: boolean) {
  const length = Math.round(axis.length * ratio);
  return pooledAxis(length, axis.start, axis.length / axis.cell / length, isCoarse);
}

/** Of the known weights that share a pixel with (row, column) the strongest: the one whose colour is seen. */
export function strongestNear(
  matrix: HeadMatrix,
  queries: number[],
  keys: number[],
  row: number,
  column: number,
  reach: { queries: number; keys: number },
): { row: number; column: number } {
  let strongest = { row, column, weight: -1 };
  for (let i = row; i < Math.min(queries.length, row + reach.queries); i++) {
    for (let j = column; j < Math.min(keys.length, column + reach.keys); j++) {
      const weight = weightAt(matrix, queries[i] as number, keys[j] as number);
      if (weight > strongest.weight && isKnown(matrix, queries[i] as number, keys[j] as number))
        strongest = { row: i, column: j, weight };
    }
  }
  return { row: strongest.row, column: strongest.column };
}
