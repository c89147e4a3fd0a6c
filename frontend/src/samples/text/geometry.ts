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

/** Returns the text nodes of the sample in `element`, not those of `removed` text, which is no part of it. */
export function placedNodes(element: Element, removed: string): PlacedNode[] {
  const nodes: PlacedNode[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let start = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.length === 0 || node.parentElement?.closest(removed)) continue;
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

/** Returns the boxes of a stretch, one per line, in pixels of the window. */
export function boxesOf(nodes: readonly PlacedNode[], { start, end }: Stretch): Box[] {
  return nodes.flatMap(({ node, start: first }) => {
    const [from, to] = [Math.max(0, start - first), Math.min(node.length, end - first)];
    if (from >= to && !(from === to && start === end && to === node.length)) return [];
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return Array.from(range.getClientRects(), ({ left, top, width, height }) => {
      return { left, top, width: Math.max(width, LEAST_WIDTH), height };
    });
  });
}

export function isWithin({ left, top, width, height }: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}
