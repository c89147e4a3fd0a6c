/** A text cut into the pieces that become elements of the page. */

import type { DiffPiece } from "../../tokens/diff";
import type { Stretch } from "../types";
import { isBoundary } from "./tokenPlaces";
import { visibleText } from "./visible";

/** A stretch of the text that is drawn in a way of its own. */
export interface Mark extends Stretch {
  name: string;
}

export interface Segment {
  /** As it is drawn. */
  text: string;
  /** Whether only this text has it. */
  isOwn: boolean;
  /** Where in the text it begins. */
  start: number;
  /** It begins with a line break, which is shown. */
  isBreak: boolean;
  /** Names of the marks that cover it. */
  marks: string[];
}

/**
 * Cuts a text.
 *
 * Args:
 *     pieces: how it differs from another, null for no comparison.
 *     showsBreaks: whether line breaks are shown; they then begin a segment.
 *     marks: stretches to cut at, without overlap among those of one name.
 *     limit: how far the text is drawn at least; to the end of the character there.
 */
export function segmentsOf(
  text: string,
  pieces: readonly DiffPiece[] | null,
  showsBreaks: boolean,
  marks: readonly Mark[],
  limit = text.length,
): Segment[] {
  const segments: Segment[] = [];
  while (!isBoundary(text, limit)) limit++;
  const visible = visibleText(text);
  const cuts = [...cutsOf(text, showsBreaks, marks)].sort((one, other) => one - other);
  let start = 0;
  let next = 0;
  for (const { text: piece, isOwn } of pieces ?? [{ text, isOwn: false }]) {
    const end = Math.min(start + piece.length, limit);
    while (start < end) {
      while ((cuts[next] ?? end) <= start) next++;
      const until = Math.min(cuts[next] ?? end, end);
      segments.push({
        text: visible.slice(start, until),
        isOwn,
        start,
        isBreak: showsBreaks && text[start] === "\n",
        marks: marks.filter((mark) => mark.start <= start && start < mark.end).map(({ name }) => name),
      });
      start = until;
    }
  }
  return segments;
}

function cutsOf(text: string, showsBreaks: boolean, marks: readonly Mark[]): Set<number> {
  const cuts = new Set(marks.flatMap(({ start, end }) => [start, end]));
  if (showsBreaks) for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) cuts.add(at);
  return cuts;
}
