/** Where the patches of an image lie along an axis of tokens. */

import type { AttentionHeader, ImageHeader, LayerHeader } from "../../wire/schema.gen";

/** Patches row by row, from place `first` on. */
export interface PatchGrid {
  rows: number;
  columns: number;
  first: number;
}

/** What of a layer lies on the image; null: that side does not. */
export interface Imaged {
  image: ImageHeader;
  queries: PatchGrid | null;
  keys: PatchGrid | null;
}

const LEAST_SIDE = 2;

/**
 * Returns the patches of an axis of so many tokens: those of the image, or a grid of the same shape, as of stages that merge patches;
 * null where there is none.
 */
export function gridAlong(image: ImageHeader, length: number): PatchGrid | null {
  const { rows, columns, first } = image;
  for (const before of first > 0 ? [first, 0] : [0]) {
    const factor = Math.sqrt((length - before) / (rows * columns));
    const [down, across] = [Math.round(rows * factor), Math.round(columns * factor)];
    const isOfShape = down * columns === across * rows && down * across === length - before;
    if (isOfShape && (factor === 1 || Math.min(down, across) >= LEAST_SIDE))
      return { rows: down, columns: across, first: before };
  }
  return null;
}

/** Tokens that are no words: positions, and what a model puts before them. */
const BARE = /^(?:\d+|\[added\])$/;

export function isWord(token: string): boolean {
  return !BARE.test(token);
}

function isBare(header: AttentionHeader, axis: string): boolean {
  return !(header.axes[axis] ?? []).some(isWord);
}

/** Whether as many positions as the image has tokens are bare somewhere: then words of the same number are no patches. */
function hasBarePatches(header: AttentionHeader, count: number): boolean {
  return header.layers.some(
    ({ queries, keys, query_axis, key_axis }) =>
      (queries === count && isBare(header, query_axis)) || (keys === count && isBare(header, key_axis)),
  );
}

/** Returns what of a layer lies on the image of its record; null where there is no image, or the layer is of words. */
export function imagedBy(header: AttentionHeader, layer: LayerHeader): Imaged | null {
  const [image] = header.images;
  if (!image) return null;
  const count = image.first + image.rows * image.columns;
  const isOnlyBare = hasBarePatches(header, count);
  const along = (axis: string, length: number): PatchGrid | null => {
    if (layer.pooled.length > 0) return null;
    if (isBare(header, axis)) return gridAlong(image, length);
    return length === count && !isOnlyBare ? gridAlong(image, length) : null;
  };
  const found = {
    image,
    queries: along(layer.query_axis, layer.queries),
    keys: along(layer.key_axis, layer.keys),
  };
  // Of words over words there is nothing to say; of bare positions it is said that they do not fit.
  return found.keys || isBare(header, layer.key_axis) || layer.pooled.length > 0 ? found : null;
}

/** Returns row and column of a position, from 0; null where it is no patch. */
export function patchAt({ rows, columns, first }: PatchGrid, position: number): { row: number; column: number } | null {
  const patch = position - first;
  return patch < 0 || patch >= rows * columns ? null : { row: Math.floor(patch / columns), column: patch % columns };
}

/** Returns the position of the patch at a place of the image, given as shares of its width and height. */
export function positionAt({ rows, columns, first }: PatchGrid, x: number, y: number): number {
  const cell = (share: number, cells: number) => Math.max(0, Math.min(cells - 1, Math.floor(share * cells)));
  return first + cell(y, rows) * columns + cell(x, columns);
}

const STEPS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Returns the patch beside a position that an arrow leads to, the first where there was none; null for other keys. */
export function positionBeside(grid: PatchGrid, position: number | null, key: string): number | null {
  const step = STEPS[key];
  if (!step) return null;
  const at = position === null ? null : patchAt(grid, position);
  if (!at) return grid.first;
  const row = Math.max(0, Math.min(grid.rows - 1, at.row + step[0]));
  const column = Math.max(0, Math.min(grid.columns - 1, at.column + step[1]));
  return grid.first + row * grid.columns + column;
}

/** Returns the place of a patch on the image as a style; null where the position is no patch. */
export function patchStyle(grid: PatchGrid | null, position: number | null): string | null {
  const patch = grid && position !== null ? patchAt(grid, position) : null;
  if (!grid || !patch) return null;
  const [across, down] = [100 / grid.columns, 100 / grid.rows];
  return `left: ${patch.column * across}%; top: ${patch.row * down}%; width: ${across}%; height: ${down}%`;
}
