import type { MatrixViewport } from "../types";

/** One axis of a matrix as it is on the screen. */
export interface AxisWindow {
  /** How many cells the axis has. */
  cells: number;
  /** Size of a cell in CSS pixels. */
  cell: number;
  /** The first visible cell, with the fraction of it that is cut off. */
  start: number;
  /** Pixels in use; at most what the room allows. */
  length: number;
}

/** What of a matrix is on the screen, and how large. */
export interface MatrixWindow {
  queries: AxisWindow;
  keys: AxisWindow;
  zoom: number;
}

/** What a window is computed from. */
export interface Room {
  queries: number;
  keys: number;
  /** CSS pixels free for cells. */
  width: number;
  height: number;
}

const LARGEST_FITTED_CELL = 120;
const LARGEST_ZOOMED_CELL = 120;
/** Cells are up to so much wider than high, or higher than wide, to fill the room. */
const WIDEST = 1.9;
const HIGHEST = 1.15;
/** Axes more different than this are drawn with cells of any shape. */
const ALIKE_UP_TO = 4;
/** From so many cells on one that is not square is no easier to read. */
const MANY = 60;

/** Size of a cell when the whole matrix is in sight: about square where the axes are alike in length. */
export function fittedCell({ queries, keys, width, height }: Room): { query: number; key: number } {
  const key = Math.min(width / Math.max(1, keys), LARGEST_FITTED_CELL);
  const query = Math.min(height / Math.max(1, queries), LARGEST_FITTED_CELL);
  const square = Math.min(key, query);
  if (Math.max(key, query) > ALIKE_UP_TO * square) return { query, key };
  const isLong = Math.max(queries, keys) > MANY;
  return {
    query: Math.min(query, square * (isLong ? 1 : HIGHEST)),
    key: Math.min(key, square * (isLong ? 1 : WIDEST)),
  };
}

export function highestZoom(room: Room): number {
  const { query, key } = fittedCell(room);
  return Math.max(1, LARGEST_ZOOMED_CELL / Math.min(query, key));
}

/** Where a viewport puts the matrix; null is the whole of it. */
export function matrixWindow(room: Room, viewport: MatrixViewport | null): MatrixWindow {
  const zoom = Math.min(viewport?.zoom ?? 1, highestZoom(room));
  const fitted = fittedCell(room);
  return {
    zoom,
    queries: axisWindow(room.queries, zoomedCell(fitted.query, zoom), room.height, viewport?.query ?? 0),
    keys: axisWindow(room.keys, zoomedCell(fitted.key, zoom), room.width, viewport?.key ?? 0),
  };
}

/** Cells that are not square grow towards squares: each side stops at the largest. */
function zoomedCell(fitted: number, zoom: number): number {
  return Math.min(fitted * zoom, LARGEST_ZOOMED_CELL);
}

function axisWindow(cells: number, cell: number, room: number, centre: number): AxisWindow {
  const length = Math.min(room, cells * cell);
  return { cells, cell, start: clampStart(centre - length / cell / 2, cells, length / cell), length };
}

function clampStart(start: number, cells: number, visible: number): number {
  return Math.max(0, Math.min(start, cells - visible));
}

/** A place of a matrix in cells and fractions of them. */
export interface Place {
  query: number;
  key: number;
}

/** What is at a point, in pixels from the corner. */
export function placeAt({ queries, keys }: MatrixWindow, x: number, y: number): Place {
  return { query: queries.start + y / queries.cell, key: keys.start + x / keys.cell };
}

/**
 * The viewport after zooming by `factor` while what is held is at the point (x, y), in pixels from the corner, or as near as the
 * ends of the matrix let it be: as long as a side is not filled its first cell stays at the edge.
 */
export function zoomAround(
  room: Room,
  viewport: MatrixViewport | null,
  factor: number,
  x: number,
  y: number,
  held: Place = placeAt(matrixWindow(room, viewport), x, y),
): MatrixViewport | null {
  const zoom = Math.min(matrixWindow(room, viewport).zoom * factor, highestZoom(room));
  if (zoom <= 1.001) return null;
  const { queries, keys } = matrixWindow(room, { zoom, query: 0, key: 0 });
  return {
    zoom,
    query: clampedCentre(queries, held.query - y / queries.cell),
    key: clampedCentre(keys, held.key - x / keys.cell),
  };
}

/** The viewport after the matrix was dragged by so many pixels. */
export function panBy(room: Room, viewport: MatrixViewport | null, dx: number, dy: number): MatrixViewport | null {
  if (viewport === null) return null;
  const { zoom, queries, keys } = matrixWindow(room, viewport);
  return {
    zoom,
    query: clampedCentre(queries, queries.start - dy / queries.cell),
    key: clampedCentre(keys, keys.start - dx / keys.cell),
  };
}

/** The viewport moved as little as brings one cell into sight. */
export function reveal(room: Room, viewport: MatrixViewport | null, query: number, key: number): MatrixViewport | null {
  if (viewport === null) return null;
  const { queries, keys } = matrixWindow(room, viewport);
  const overflow = (axis: AxisWindow, cell: number) =>
    Math.min(0, cell - axis.start) + Math.max(0, cell + 1 - axis.start - axis.length / axis.cell);
  return panBy(room, viewport, -overflow(keys, key) * keys.cell, -overflow(queries, query) * queries.cell);
}

function clampedCentre(axis: AxisWindow, start: number): number {
  const visible = axis.length / axis.cell;
  return clampStart(start, axis.cells, visible) + visible / 2;
}

/** The cell at a pixel; null beside the matrix. */
export function cellAt(axis: AxisWindow, at: number): number | null {
  if (at < 0 || at >= axis.length) return null;
  return Math.min(axis.cells - 1, Math.floor(axis.start + at / axis.cell));
}

/** Where a cell begins and how long it is, in pixels, cut to what is in sight; null out of sight. */
export function cellSpan(axis: AxisWindow, cell: number): { from: number; length: number } | null {
  const from = Math.max(0, (cell - axis.start) * axis.cell);
  const to = Math.min(axis.length, (cell + 1 - axis.start) * axis.cell);
  return to > from ? { from, length: to - from } : null;
}
