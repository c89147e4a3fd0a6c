/** How probable tokens are, as shades of the paper behind them. */

import { colourScale, contrast, parseHex, type Rgb, type Theme } from "../../draw/colour";
import type { SampleTokens, Stretch } from "../types";
import { joinedTokens } from "./tokenPlaces";

/** The darkest shade; 0 is bare paper. Each one halves the probability. */
export const DARKEST = 8;

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

/** Returns where the text is shaded, neighbours of one shade as one. A character of several tokens has their joint probability. */
export function shadedStretches(text: string, tokens: SampleTokens): ShadedStretch[] {
  const shaded: ShadedStretch[] = [];
  for (const { start, end, first, last } of joinedTokens(text, tokens)) {
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

/** What text is written in; the page's `--ink` should be the same. */
const INK: Record<Theme, Rgb> = { light: parseHex("#1f2124"), dark: parseHex("#f1f1f1") };
// WCAG 2, AA, for text of this size.
const LEAST_CONTRAST = 4.5;

/** Returns the colours of shades 0 to `DARKEST`: of one hue, in equal steps of lightness, ink readable on all. */
export function shadeColours(theme: Theme): Rgb[] {
  const scale = colourScale(theme);
  const readable = scale.filter((colour) => contrast(colour, INK[theme]) >= LEAST_CONTRAST).length - 1;
  return Array.from({ length: DARKEST + 1 }, (_, shade) => scale[Math.round((shade / DARKEST) * readable)] as Rgb);
}
