import type { CellGrid } from "../paint";
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
    rowOf: queries.length === matrix.queries ? null : queries,
    columnOf: keys.length === matrix.keys ? null : keys,
    gain: null,
  };
  const built = new Map<string, CellGrid>();
  return {
    level(queryPower, keyPower, perRow) {
      const grid = { ...base, gain: perRow ? null : gain };
      if (queryPower === 0 && keyPower === 0) return grid;
      const name = `${queryPower} ${keyPower} ${perRow}`;
      const known = built.get(name) ?? pool(grid, 2 ** queryPower, 2 ** keyPower);
      built.set(name, known);
      return known;
    },
  };
}

/** Each cell of the result is the largest of `height` x `width` cells. */
function pool(grid: CellGrid, height: number, width: number): CellGrid {
  const rows = Math.ceil(grid.rows / height);
  const columns = Math.ceil(grid.columns / width);
  const levels = new Uint8Array(rows * columns);
  const invalid = grid.invalid ? new Uint8Array(rows * columns) : null;
  if (grid.negative) return poolSigned(grid, grid.negative, height, width);
  const line = new Uint8Array(columns);
  for (let row = 0; row < grid.rows; row++) {
    const from = (grid.rowOf?.[row] ?? row) * grid.stride;
    const to = Math.floor(row / height) * columns;
    poolRow(grid.levels, from, grid.columnOf, grid.columns, width, line);
    const gain = grid.gain?.[row] ?? 1;
    for (let column = 0; column < columns; column++) {
      const level = Math.min(255, ((line[column] as number) * gain + 0.5) | 0);
      if (level > (levels[to + column] as number)) levels[to + column] = level;
    }
    if (grid.invalid === null || invalid === null) continue;
    poolRow(grid.invalid, from, grid.columnOf, grid.columns, width, line);
    for (let column = 0; column < columns; column++) {
      if ((line[column] as number) > (invalid[to + column] as number)) invalid[to + column] = line[column] as number;
    }
  }
  return { rows, columns, stride: columns, levels, invalid, rowOf: null, columnOf: null, gain: null };
}

/** The same of weights of either sign, which the strongest keeps. */
function poolSigned(grid: CellGrid, negative: Uint8Array, height: number, width: number): CellGrid {
  const rows = Math.ceil(grid.rows / height);
  const columns = Math.ceil(grid.columns / width);
  const pooled = { levels: new Uint8Array(rows * columns), negative: new Uint8Array(rows * columns) };
  const invalid = grid.invalid ? new Uint8Array(rows * columns) : null;
  for (let row = 0; row < grid.rows; row++) {
    const start = (grid.rowOf?.[row] ?? row) * grid.stride;
    const gain = grid.gain?.[row] ?? 1;
    for (let column = 0; column < grid.columns; column++) {
      const cell = start + (grid.columnOf?.[column] ?? column);
      const to = Math.floor(row / height) * columns + Math.floor(column / width);
      if (invalid && grid.invalid?.[cell]) invalid[to] = grid.invalid[cell] as number;
      const level = Math.min(255, ((grid.levels[cell] as number) * gain + 0.5) | 0);
      if (level <= (pooled.levels[to] as number)) continue;
      pooled.levels[to] = level;
      pooled.negative[to] = negative[cell] as number;
    }
  }
  return { rows, columns, stride: columns, ...pooled, invalid, rowOf: null, columnOf: null, gain: null };
}

function poolRow(
  source: Uint8Array,
  from: number,
  columnOf: ArrayLike<number> | null,
  columns: number,
  width: number,
  line: Uint8Array,
): void {
  for (let column = 0, target = 0; column < columns; target++) {
    const end = Math.min(columns, column + width);
    let largest = 0;
    if (columnOf === null) {
      for (; column < end; column++) {
        const value = source[from + column] as number;
        if (value > largest) largest = value;
      }
    } else {
      for (; column < end; column++) {
        const value = source[from + (columnOf[column] as number)] as number;
        if (value > largest) largest = value;
      }
    }
    line[target] = largest;
  }
}
