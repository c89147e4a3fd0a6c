/** From places in a text to its tokens, and back. */

import { firstAbove } from "../../store/firstAbove";
import type { SampleTokens, Stretch } from "../types";

/** Tokens `first` to `last` that only together make up whole characters, and where those are. */
export interface JoinedTokens extends Stretch {
  first: number;
  last: number;
}

/** Returns the tokens in order, those that share a character joined. Tokens after the last character are left out. */
export function joinedTokens(text: string, { stretches }: Pick<SampleTokens, "stretches">): JoinedTokens[] {
  const joined: JoinedTokens[] = [];
  let first = 0;
  let start = 0;
  stretches.forEach(({ end }, token) => {
    if (end <= start || !isBoundary(text, end)) return;
    joined.push({ start, end, first, last: token });
    first = token + 1;
    start = end;
  });
  const last = stretches.length - 1;
  const end = stretches[last]?.end ?? 0;
  // Tokens can be fewer than the text: half a character may be cut off.
  if (end > start) joined.push({ start, end, first, last });
  return joined;
}

/** Returns the token that wrote the character at `offset`, null where none did. */
export function tokenAt({ stretches }: Pick<SampleTokens, "stretches">, offset: number): number | null {
  const ends = stretches.map(({ end }) => end);
  const token = firstAbove(ends, offset);
  return (stretches[token]?.start ?? Number.POSITIVE_INFINITY) <= offset ? token : null;
}

/** Returns the whole characters to which a token belongs; of tokens after the last character the end of the text. */
export function stretchOfToken(text: string, tokens: Pick<SampleTokens, "stretches">, token: number): Stretch {
  const joined = joinedTokens(text, tokens);
  const { start, end } = joined[
    firstAbove(
      joined.map(({ last }) => last),
      token - 1,
    )
  ] ?? { start: text.length, end: text.length };
  return { start, end };
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const EXTENDS =
  /^[\p{M}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Join_Control}\u1160-\u11ff\p{Cs}\u{e0020}-\u{e007f}\n]/u;
const JOINER = "\u200d";

/** Whether a character as a reader sees it begins or the text ends at `offset`. */
export function isBoundary(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return true;
  // Most places are no doubt; the segmenter is slow.
  const here = String.fromCodePoint(text.codePointAt(offset) as number);
  if (!EXTENDS.test(here) && text[offset - 1] !== JOINER) return true;
  return characters.segment(text).containing(offset)?.index === offset;
}
