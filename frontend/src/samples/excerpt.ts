/** A line about a match: what stands around it. */

import type { Stretch } from "./types";

export interface Excerpt {
  before: string;
  match: string;
  after: string;
}

/** Returns a match between at most `reach` characters on either side, in one line; of a text without one its beginning. */
export function excerptOf(text: string, match: Stretch | null, reach: number): Excerpt {
  const { start, end } = match ?? { start: 0, end: 0 };
  const line = (stretch: string) => stretch.replaceAll(/\s*\n\s*/g, " ⏎ ");
  const characters = (stretch: string) => Array.from(stretch);
  const before = characters(text.slice(Math.max(0, start - 2 * reach), start));
  const after = characters(text.slice(end, end + (match ? 2 : 4) * reach));
  const kept = before.slice(-reach);
  const isCut = kept.length < before.length || start > 2 * reach;
  return {
    before: (isCut ? "…" : "") + line(kept.join("")),
    match: line(text.slice(start, end)),
    after: line(after.slice(0, match ? reach : 2 * reach).join("")),
  };
}
