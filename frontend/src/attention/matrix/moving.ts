/** How sharply a matrix is painted while it moves. */

import { PARTED_FROM } from "../paint";
import type { MatrixWindow } from "./viewport";

/** So many pixels are painted within a frame. */
const MOST_PIXELS = 1e6;

/**
 * Returns how many pixels of the canvas there are for each of CSS while a matrix moves: of a large canvas fewer than the screen has, each
 * as strong as the strongest of its cells. Cells that are parted are quick to paint, and stay sharp.
 */
export function ratioWhileMoving({ queries, keys }: MatrixWindow, ratio: number): number {
  if (Math.min(queries.cell, keys.cell) * ratio >= PARTED_FROM) return ratio;
  const pixels = queries.length * keys.length * ratio ** 2;
  return ratio / Math.max(1, Math.ceil(Math.sqrt(pixels / MOST_PIXELS)));
}
