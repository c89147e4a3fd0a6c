import { type CellGrid, gatherBroken, gatherKnown, gatherStrongest, spansOf } from "../cells";
import type { HeadMatrix } from "../record/matrix";

/** The shown part of one head at every magnification. */
export interface Pyramid {
  /** Cells of 2^queryPower x 2^keyPower weights, each as strong as the strongest of them. Built when first asked for. */
  level(queryPower: number, keyPower: number, perRow: boolean): CellGrid;
}

/**
 * Args:
 *     matrix: the head.
 *     queries, keys: rising indices of the shown positions.
 *     largest: the weight that becomes level 255 where rows share one scale.
 */
export function createPyramid(matrix: HeadMatrix, queries: number[], keys: number[], largest: number): Pyramid {
  const gain = Float32Array.from(queries, (i) => {
    const share = largest > 0 ? (matrix.scale[i] as number) / largest : 0;
    return Number.isFinite(share) ? Math.sqrt(Math.max(0, share)) : 0;
  });
  const base: CellGrid = {
    rows: queries.length,
    columns: keys.length,
    stride: matrix.keys,
    levels: matrix.levels,
    invalid: matrix.invalid,
    negative: matrix.negative ?? null,
    known: matrix.known ?? null,
    rowOf: queries.length === matrix.queries ? null : queries,
    columnOf: keys.length === matrix.keys ? null : keys,
    gain: null,
  };
  const built = new Map<string, CellGrid>();
  const pyramid: Pyramid = {
    level(queryPower, keyPower, perRow) {
      if (queryPower === 0 && keyPower === 0) return { ...base, gain: perRow ? null : gain };
      const name = `${queryPower} ${keyPower} ${perRow}`;
      const known = built.get(name);
      if (known) return known;
      // From the level just below, so that all of them together take a third more than the first.
      const tall = queryPower >= keyPower ? 1 : 0;
      const wide = keyPower >= queryPower ? 1 : 0;
      const pooled = pool(pyramid.level(queryPower - tall, keyPower - wide, perRow), 1 + tall, 1 + wide);
      // Of whole blocks the strongest weight is known, wherever in them it is.
      const { queries: tallest = 0, keys: widest = 0 } = matrix.blocks ?? {};
      const isOfBlocks =
        base.rowOf === null && base.columnOf === null && 2 ** queryPower >= tallest && 2 ** keyPower >= widest;
      if (isOfBlocks) pooled.known = null;
      built.set(name, pooled);
      return pooled;
    },
  };
  return pyramid;
}

/** Each cell of the result is the strongest of `height` x `width` cells. */
function pool(grid: CellGrid, height: number, width: number): CellGrid {
  const rows = Math.ceil(grid.rows / height);
  const columns = Math.ceil(grid.columns / width);
  const levels = new Uint8Array(rows * columns);
  const negative = grid.negative && new Uint8Array(rows * columns);
  const invalid = grid.invalid && new Uint8Array(rows * columns);
  const known = grid.known && new Uint8Array(rows * columns);
  const from = Int32Array.from({ length: columns }, (_, column) => column * width);
  const spans = spansOf(
    grid,
    from,
    from.map((first) => Math.min(grid.columns, first + width)),
  );
  for (let row = 0; row < rows; row++) {
    const [first, end] = [row * height, Math.min(grid.rows, (row + 1) * height)];
    const line = (of: Uint8Array) => of.subarray(row * columns, (row + 1) * columns);
    if (known) gatherKnown(grid, first, end, spans, line(levels), line(known));
    gatherStrongest(grid, first, end, spans, line(levels), line(negative ?? levels));
    if (invalid) gatherBroken(grid, first, end, spans, line(invalid));
  }
  return { rows, columns, stride: columns, levels, negative, invalid, known, rowOf: null, columnOf: null, gain: null };
}
