/** Boxes, and what of them is in sight. */

import type { Box, Piece } from "./pieces";

export function boxOf({ left, top, width, height }: Box, origin: { left: number; top: number }): Box {
  return { left: left - origin.left, top: top - origin.top, width, height };
}

/** Returns what two boxes share; null where that is nothing. */
export function shared(one: Box, other: Box): Box | null {
  const [left, top] = [Math.max(one.left, other.left), Math.max(one.top, other.top)];
  const width = Math.min(one.left + one.width, other.left + other.width) - left;
  const height = Math.min(one.top + one.height, other.top + other.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** What rounding may put beside a box. */
const HAIR = 0.5;

/** Returns a piece as far as it is within a box: cut where it is not within wholly; nothing where it is beside it. */
export function cut(piece: Piece, extent: Box, clip: Box | null): Piece[] {
  if (clip === null) return [piece];
  // A line has no breadth.
  const some = { ...extent, width: Math.max(extent.width, 0.01), height: Math.max(extent.height, 0.01) };
  const left = shared(some, clip);
  if (left === null) return [];
  const isWhole = left.width > some.width - HAIR && left.height > some.height - HAIR;
  return isWhole ? [piece] : [{ kind: "group", pieces: [piece], clip, transform: null, opacity: 1 }];
}
