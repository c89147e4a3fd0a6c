/** Which steps a film strip shows, and how it is laid out: pure. */

export interface FilmLayout {
  columns: number;
  rows: number;
  /** CSS pixels of a picture; its label comes above. */
  width: number;
  height: number;
  /** From one to the next. */
  pitchX: number;
  pitchY: number;
}

export const FILM_LABEL = 18;
const GAP = 10;
const ROW_GAP = 6;
const MOST_ROWS = 4;
const LARGEST = 420;

/** Returns which of `count` records to show: the first, the last, those of A and B, and others spread evenly over the bar. */
export function filmSteps(count: number, most: number, marked: readonly number[]): number[] {
  const wanted = Math.min(count, most);
  const spread = Array.from({ length: wanted }, (_, index) =>
    wanted > 1 ? Math.round((index * (count - 1)) / (wanted - 1)) : count - 1,
  );
  const kept = new Set(spread);
  // A marked one takes the place of the nearest that is not one itself, nor an end.
  for (const index of marked) {
    if (index < 0 || index >= count || kept.has(index)) continue;
    const free = [...kept].filter((other) => !marked.includes(other) && other !== 0 && other !== count - 1);
    const nearest = free.sort((one, other) => Math.abs(one - index) - Math.abs(other - index))[0];
    if (nearest !== undefined && kept.size >= most) kept.delete(nearest);
    kept.add(index);
  }
  return [...kept].sort((one, other) => one - other);
}

/** Lays out `count` pictures of a shape (height by width) below their labels so that they are as large as the room allows. */
export function filmLayout(
  count: number,
  width: number,
  height: number,
  aspect: number,
  label = FILM_LABEL,
): FilmLayout {
  let best = { columns: Math.max(1, count), rows: 1, side: 0 };
  for (let rows = 1; rows <= Math.min(MOST_ROWS, Math.max(1, count)); rows++) {
    const columns = Math.ceil(count / rows);
    const across = (width - GAP * (columns - 1) - 4) / columns;
    const down = (height - rows * label - (rows - 1) * ROW_GAP - 4) / rows / aspect;
    const side = Math.min(across, down, LARGEST);
    if (side > best.side) best = { columns, rows, side };
  }
  const side = Math.max(8, Math.floor(best.side));
  const pictureHeight = Math.max(8, Math.floor(side * aspect));
  const pitchX = best.columns > 1 ? Math.min((width - 4 - side) / (best.columns - 1), side + 24) : side;
  return {
    columns: best.columns,
    rows: best.rows,
    width: side,
    height: pictureHeight,
    pitchX: Math.max(side + 2, pitchX),
    pitchY: pictureHeight + label + ROW_GAP,
  };
}

/** How many pictures the room takes: 8 to 12, fewer where each would be too small. */
export function filmCount(width: number, height: number): number {
  return Math.max(4, Math.min(12, Math.floor((width * height) / 9_000)));
}
