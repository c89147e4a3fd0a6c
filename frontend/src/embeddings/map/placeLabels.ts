/** Where labels stand beside their points, so that none covers another. */

/** A label that wants a place, in CSS pixels. */
export interface Candidate {
  /** Which point it belongs to. */
  point: number;
  x: number;
  y: number;
  width: number;
  /** Whether it may cover obstacles, where it fits nowhere else. */
  isNeeded?: boolean;
}

export interface PlacedLabel {
  point: number;
  left: number;
  top: number;
  width: number;
}

const HEIGHT = 14;
const GAP = 8;
const CELL = 64;

/**
 * Returns the labels that fit, those that come first chosen first: right of the point, left of it, above or below. `obstacles`, [x, y, x,
 * y, ...], are points that no label may cover.
 */
export function placeLabels(
  candidates: Iterable<Candidate>,
  width: number,
  height: number,
  most: number,
  obstacles: readonly number[] = [],
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const [labels, points] = [new Map<number, Box[]>(), new Map<number, Box[]>()];
  const take = (cells: Map<number, Box[]>, box: Box) => {
    for (const key of cellsOf(box)) cells.set(key, [...(cells.get(key) ?? []), box]);
  };
  const isFree = (cells: Map<number, Box[]>, box: Box) =>
    !cellsOf(box).some((key) => cells.get(key)?.some((other) => overlap(box, other)));
  for (let at = 0; at < obstacles.length; at += 2) {
    const [x, y] = [obstacles[at] as number, obstacles[at + 1] as number];
    if (x >= 0 && x <= width && y >= 0 && y <= height) take(points, { left: x - 2, top: y - 3, width: 4, height: 6 });
  }
  for (const { point, x, y, width: length, isNeeded = false } of candidates) {
    if (placed.length >= most) break;
    if (!(x >= 0 && x <= width && y >= 0 && y <= height)) continue;
    const places = [
      [x + GAP, y - HEIGHT / 2],
      [x - GAP - length, y - HEIGHT / 2],
      [x - length / 2, y - GAP - HEIGHT],
      [x - length / 2, y + GAP],
    ] as const;
    const fitting = places
      .map(([left, top]): Box => ({ left, top, width: length, height: HEIGHT }))
      .filter(({ left, top }) => left >= 0 && left + length <= width && top >= 0 && top + HEIGHT <= height)
      .filter((box) => isFree(labels, box));
    const box = fitting.find((box) => isFree(points, box)) ?? (isNeeded ? fitting[0] : undefined);
    if (!box) continue;
    placed.push({ point, left: box.left, top: box.top, width: length });
    take(labels, box);
  }
  return placed;
}

export const LABEL_HEIGHT = HEIGHT;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.left < other.left + other.width + 2 &&
    other.left < one.left + one.width + 2 &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}

/** Only labels in the same cells of a grid can overlap. */
function cellsOf({ left, top, width, height }: Box): number[] {
  const keys: number[] = [];
  for (let row = Math.floor((top - 1) / CELL); row <= Math.floor((top + height + 1) / CELL); row++)
    for (let column = Math.floor((left - 2) / CELL); column <= Math.floor((left + width + 2) / CELL); column++)
      keys.push(row * 10_000 + column);
  return keys;
}
