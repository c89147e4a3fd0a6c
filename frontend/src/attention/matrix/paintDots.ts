/** The sign of cells without colour. */

import type { HeadMatrix } from "../record/matrix";
import { weightAt } from "../weights";
import type { MatrixWindow } from "./viewport";

const LEAST_DOTTED = 5;

/** Dots on the cells below a bound, where cells are large enough: the sign is told without colour. */
export function paintDots(
  canvas: HTMLCanvasElement,
  matrix: HeadMatrix,
  queries: readonly number[],
  keys: readonly number[],
  { queries: y, keys: x }: MatrixWindow,
  ratio: number,
  below: number,
  colour: string,
): void {
  const context = canvas.getContext("2d");
  if (context === null || Math.min(x.cell, y.cell) < LEAST_DOTTED) return;
  context.fillStyle = colour;
  const radius = Math.min(1.6, y.cell / 5, x.cell / 5) * ratio;
  queries.forEach((query, row) => {
    const top = (row + 0.5 - y.start) * y.cell;
    if (top < 0 || top > y.length) return;
    keys.forEach((key, column) => {
      if (!(weightAt(matrix, query, key) < below)) return;
      context.beginPath();
      context.arc((column + 0.5 - x.start) * x.cell * ratio, top * ratio, radius, 0, 2 * Math.PI);
      context.fill();
    });
  });
}
