/** How probable tokens are, as shades of the paper behind them. */

import type { Rgb } from "../../draw/colour";
import type { Theme } from "../../draw/inks";
import { probabilityShades } from "../../draw/scales";
import type { SampleTokens, Stretch } from "../types";
import { joinedTokens } from "./tokenPlaces";

/** The darkest shade; 0 is bare paper. Each one halves the probability. */
export const DARKEST = 5;

/** Of tokens whose probability is not known. */
export const UNKNOWN = -1;

export interface ShadedStretch extends Stretch {
  /** 1 to `DARKEST`, or `UNKNOWN`. */
  shade: number;
}

/** Returns the nearest number of halvings of a probability, at most `DARKEST`. */
export function shadeOf(probability: number): number {
  if (Number.isNaN(probability)) return UNKNOWN;
  return Math.max(0, Math.min(DARKEST, Math.round(-Math.log2(probability))));
}

/** Returns where the text is shaded, neighbours of one shade as one, the spaces between words not. A character of several tokens has their joint probability. */
export function shadedStretches(text: string, tokens: SampleTokens): ShadedStretch[] {
  const shaded: ShadedStretch[] = [];
  for (const { start: from, end, first, last } of joinedTokens(text, tokens)) {
    const word = text.slice(from, end).search(/[^ ]/);
    const start = from + Math.max(0, word);
    let probability = 1;
    for (let token = first; token <= last; token++) probability *= tokens.probabilities[token] as number;
    const shade = shadeOf(probability);
    const before = shaded.at(-1);
    if (shade === 0) continue;
    if (before?.shade === shade && before.end === start) before.end = end;
    else shaded.push({ start, end, shade });
  }
  return shaded;
}

/** Returns the colours of shades 0 to `DARKEST`. */
export function shadeColours(theme: Theme): Rgb[] {
  return probabilityShades(DARKEST + 1, theme);
}
