/** Where text is on the screen. */

import type { Stretch } from "../types";
import type { PlacedNode } from "./highlights";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What has no width, such as a line break, is drawn and hit this wide. */
const LEAST_WIDTH = 10;
/** Pieces of one line that are no further apart belong together. */
const MOST_GAP = 1;

/** Returns the text nodes of the sample in `element`. */
export function placedNodes(element: Element): PlacedNode[] {
  const nodes: PlacedNode[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let start = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.length === 0) continue;
    nodes.push({ node, start });
    start += node.length;
  }
  return nodes;
}

/** Returns the place of the text that is nearest to a point of the window, null where that is not among the nodes. */
export function offsetNear(nodes: readonly PlacedNode[], x: number, y: number): number | null {
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = caret ? null : document.caretRangeFromPoint?.(x, y);
  const [node, offset] = [caret?.offsetNode ?? range?.startContainer, caret?.offset ?? range?.startOffset ?? 0];
  const placed = nodes.find((candidate) => candidate.node === node);
  return placed === undefined ? null : placed.start + offset;
}

/** Returns the boxes of a stretch, one per line and direction, in pixels of the window. */
export function boxesOf(nodes: readonly PlacedNode[], { start, end }: Stretch): Box[] {
  const boxes = nodes.flatMap(({ node, start: first }) => {
    const [from, to] = [Math.max(0, start - first), Math.min(node.length, end - first)];
    if (from >= to && !(from === to && start === end && to === node.length)) return [];
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return Array.from(range.getClientRects(), ({ left, top, width, height }) => ({ left, top, width, height }));
  });
  return joinBoxes(boxes);
}

/** Joins what stands side by side: browsers cut a line into pieces, such as at a space. What has no width counts only where nothing has. */
export function joinBoxes(pieces: readonly Box[]): Box[] {
  const wide = pieces.filter(({ width }) => width > 0);
  if (wide.length === 0) return pieces.map((piece) => ({ ...piece, width: LEAST_WIDTH }));
  const joined: Box[] = [];
  for (const piece of wide.sort((one, other) => one.left - other.left)) {
    const before = joined.find((box) => isBeside(box, piece));
    if (before) Object.assign(before, around(before, piece));
    else joined.push({ ...piece });
  }
  return joined.sort((one, other) => one.top - other.top);
}

function around(one: Box, other: Box): Box {
  const [left, top] = [Math.min(one.left, other.left), Math.min(one.top, other.top)];
  const right = Math.max(one.left + one.width, other.left + other.width);
  const bottom = Math.max(one.top + one.height, other.top + other.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** Whether a piece that begins no further left continues a box. */
function isBeside(box: Box, piece: Box): boolean {
  const isOneLine = Math.abs(box.top - piece.top) < box.height / 2;
  return isOneLine && piece.left <= box.left + box.width + MOST_GAP;
}

export function isWithin({ left, top, width, height }: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}
