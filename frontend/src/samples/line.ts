/** What the reading line says of the texts. */

import type { Sentence } from "../language/sentence";
import { sameBeginning } from "../tokens/diff";
import { displayToken } from "../tokens/tokens";
import { formatFigure } from "../ui/figures";
import { phrases as words } from "./language";
import type { Alternative, SampleTokens } from "./types";

const MOST_ALTERNATIVES = 3;

/** Returns how probable a token was, and what could have come instead; null while it is not known. */
export function tokenLine(
  tokens: SampleTokens | null,
  token: number,
  alternatives: readonly Alternative[] | null,
): Sentence | null {
  const text = tokens?.tokens[token];
  if (!tokens || text === undefined) return null;
  const probability = tokens.probabilities[token] ?? Number.NaN;
  const others = (alternatives ?? []).filter((other) => other.token !== text).slice(0, MOST_ALTERNATIVES);
  return words.tokenRead(
    displayToken(text).text,
    Number.isNaN(probability) ? null : formatFigure(probability),
    tokens.ranks[token] ?? 0,
    others.map((other) => ({ token: displayToken(other.token).text, probability: formatFigure(other.probability) })),
  );
}

/** A text of A and that of B. */
export interface Pair {
  name: string;
  text: string;
  other: string;
}

/** Returns how far the texts of A and B begin alike; null where there are none. */
export function alikeLine(pairs: readonly Pair[]): Sentence | null {
  if (pairs.length === 0) return null;
  return words.beginAlike(pairs.map(({ name, text, other }) => ({ name, words: sameBeginning(text, other) })));
}
