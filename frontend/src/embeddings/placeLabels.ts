/** Where labels stand beside their points, so that none covers another. */

/** A label that wants a place, in CSS pixels. */
export interface Candidate {
  /** Which point it belongs to. */
  point: number;
  x: number;
  y: number;
  width: number;
}

export interface PlacedLabel {
  point: number;
  left: number;
  top: number;
  width: number;
}

const HEIGHT = 14;
const GAP = 5;
const CELL = 64;

/** Returns the labels that fit, those that come first chosen first: right of the point, left of it, above or below. */
export function placeLabels(
  candidates: Iterable<Candidate>,
  width: number,
  height: number,
  most: number,
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const cells = new Map<number, PlacedLabel[]>();
  for (const { point, x, y, width: length } of candidates) {
    if (placed.length >= most) break;
    if (!(x >= 0 && x <= width && y >= 0 && y <= height)) continue;
    const places = [
      [x + GAP, y - HEIGHT / 2],
      [x - GAP - length, y - HEIGHT / 2],
      [x - length / 2, y - GAP - HEIGHT],
      [x - length / 2, y + GAP],
    ] as const;
    for (const [left, top] of places) {
      if (left < 0 || left + length > width || top < 0 || top + HEIGHT > height) continue;
      const label: PlacedLabel = { point, left, top, width: length };
      const keys = cellsOf(label);
      if (keys.some((key) => cells.get(key)?.some((other) => overlap(label, other)))) continue;
      placed.push(label);
      for (const key of keys) cells.set(key, [...(cells.get(key) ?? []), label]);
      break;
    }
  }
  return placed;
}

export const LABEL_HEIGHT = HEIGHT;

function overlap(one: PlacedLabel, other: PlacedLabel): boolean {
  return (
    one.left < other.left + other.width + 2 &&
    other.left < one.left + one.width + 2 &&
    Math.abs(one.top - other.top) < HEIGHT
  );
}

/** Only labels in the same cells of a grid can overlap. */
function cellsOf({ left, top, width }: PlacedLabel): number[] {
  const keys: number[] = [];
  for (let row = Math.floor((top - 1) / CELL); row <= Math.floor((top + HEIGHT + 1) / CELL); row++)
    for (let column = Math.floor((left - 2) / CELL); column <= Math.floor((left + width + 2) / CELL); column++)
      keys.push(row * 10_000 + column);
  return keys;
}
