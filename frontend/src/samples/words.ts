/** Every sentence and label of the samples' drawings; those of the view around them are in `en.ts`. */

import { formatFigure } from "../ui/figures";
import type { BeamNode } from "./types";

/** `detail`: what the browser says of it. */
export function invalidExpression(query: string, detail: string): string {
  const reason = detail.slice(detail.lastIndexOf(": ") + 1).trim();
  return `“${query}” is not a regular expression (${reason}). Correct it, or search for it as plain text.`;
}

export function searchTooSlow(query: string): string {
  return `The search for “${query}” was stopped after a second. Make the expression simpler: repeats inside repeats, such as (a+)+, take that long.`;
}

export function searchFailed(detail: string): string {
  return `The search could not be started: ${detail}. Reload the page.`;
}

export const SAMPLE_LABEL = "sample; Shift and arrows choose a token, Enter pins it";

export const EMPTY_TEXT = "empty text";

export const TREE_LABEL =
  "beam search as a tree; Shift and arrows choose a token, Enter picks it, dragging moves the tree";

export const TREE_MEANING =
  "Every row is a hypothesis, the best on top. Lines: the thicker, the more probable; a bar and the score where one ends.";

export function beamToken(token: string, { probability, score, best, end }: BeamNode): string {
  const place = `${best ? ", of the best hypothesis" : ""}${end ? ", the end of a hypothesis" : ""}`;
  return `“${token}”: probability ${formatFigure(probability)}, score ${formatFigure(score)}${place}`;
}

export const EMPTY_TREE = "This beam search kept no token.";

export const SHADE_LEGEND = {
  probability: "probability",
  unknown: "not known",
  title: "Each shade halves the probability; a character that several tokens make up has their joint probability",
} as const;
