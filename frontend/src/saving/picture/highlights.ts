/** Marks on texts that are no elements: those of the browser's registry of highlights. */

import { boxOf } from "./boxes";
import type { Box, Piece } from "./pieces";
import { isSeen } from "./styles";
import { decorationsOf } from "./texts";

interface Mark {
  name: string;
  range: AbstractRange;
}

/** By the text that they are on, those that lie lower first. */
export type Marks = ReadonlyMap<Node, readonly Mark[]>;

export function marksIn(root: HTMLElement): Marks {
  const found = new Map<Node, Mark[]>();
  if (typeof CSS === "undefined" || !("highlights" in CSS)) return found;
  const all = [...CSS.highlights].sort(([, one], [, other]) => one.priority - other.priority);
  for (const [name, ranges] of all)
    for (const range of ranges) {
      const { startContainer } = range;
      if (!root.contains(startContainer)) continue;
      const known = found.get(startContainer) ?? [];
      found.set(startContainer, known);
      known.push({ name, range });
    }
  return found;
}

/** Returns the grounds and lines of the marks on a text. */
export function groundsOf(
  marks: readonly Mark[],
  element: HTMLElement,
  origin: { left: number; top: number },
): { piece: Piece; extent: Box }[] {
  const styles = new Map(marks.map(({ name }) => [name, getComputedStyle(element, `::highlight(${name})`)]));
  return marks.flatMap(({ name, range }) => {
    const style = styles.get(name);
    if (!style) return [];
    return boxesOf(range).flatMap((rect) => {
      const extent = boxOf(rect, origin);
      const ground: Piece = { kind: "box", box: extent, fill: style.backgroundColor, stroke: null, radius: 0 };
      const pieces = [...(isSeen(style.backgroundColor) ? [ground] : []), ...decorationsOf(style, extent)];
      return pieces.map((piece) => ({ piece, extent }));
    });
  });
}

function boxesOf(mark: AbstractRange): DOMRect[] {
  const range = document.createRange();
  range.setStart(mark.startContainer, mark.startOffset);
  range.setEnd(mark.endContainer, mark.endOffset);
  return [...range.getClientRects()];
}
