/** A line about a match: what stands around it. */

import type { Stretch } from "../types";

export interface Excerpt {
  before: string;
  match: string;
  after: string;
}

/** Returns a match between at most so many characters before and after it, in one line; of a text without one its beginning. */
export function excerptOf(text: string, match: Stretch | null, mostBefore: number, mostAfter: number): Excerpt {
  const { start, end } = match ?? { start: 0, end: 0 };
  const line = (stretch: string) => stretch.replaceAll(/\s*\n\s*/g, " ⏎ ");
  const characters = (stretch: string) => Array.from(stretch);
  const before = characters(text.slice(Math.max(0, start - 2 * mostBefore), start));
  const after = characters(text.slice(end, end + 2 * mostAfter));
  const kept = before.slice(-mostBefore);
  const isCut = kept.length < before.length || start > 2 * mostBefore;
  return {
    before: (isCut ? "…" : "") + line(kept.join("")),
    match: line(text.slice(start, end)),
    after: line(after.slice(0, mostAfter).join("")),
  };
}
