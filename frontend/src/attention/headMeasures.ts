/** The measures of one head as they are told: with units, and what follows from them. */

import { type Measures, measureLine } from "../store/measures";
import { shownPositions } from "../tokens/tokens";
import { phrases } from "./language";
import type { Measure } from "./types";
import { formatWeight } from "./weights";

export interface MeasureRow {
  key: Measure;
  label: string;
  /** At each step that has measures. */
  values: ArrayLike<number>;
  /** At the step shown, with its unit. */
  text: string;
}

/** By what they tell of a head; those that apply to few come before those that apply to all. */
const ORDER: readonly Measure[] = [
  "entropy",
  "effective_keys",
  "confidence",
  "max_logit",
  "padding",
  "induction",
  "diagonality",
  "coverage",
  "first",
  "previous",
  "distance",
];
/** A head that never puts more than this on padding has a mask that works, of which there is nothing to tell. */
const SOME_PADDING = 0.01;
/** As many are shown beside the drawing. */
export const ROWS = 5;

/**
 * Returns the rows of measures of a head: the first ones that apply to it.
 *
 * Args:
 *     row: of the head in the measures.
 *     at: index of the step shown in them.
 *     keys: the tokens that it can look at.
 */
export function measureRows(measures: Measures, row: number, at: number, keys: string[]): MeasureRow[] {
  const looksAtPadding = (measureLine(measures, row, "padding")?.[at] ?? 0) > SOME_PADDING;
  const within = looksAtPadding ? keys.length : shownPositions(keys, "padding").length;
  const applying = ORDER.flatMap((measure): MeasureRow[] => {
    const values = measureLine(measures, row, measure);
    const least = measure === "padding" ? SOME_PADDING : Number.NEGATIVE_INFINITY;
    if (!values?.some((value) => value > least)) return [];
    const value = values[at] ?? Number.NaN;
    const text = Number.isNaN(value) ? "–" : figureOf(measure, value, within);
    return [{ key: measure, label: phrases.MEASURE_NAMES[measure], values, text }];
  });
  return applying.slice(0, ROWS);
}

/** Returns a measure with its unit. */
function figureOf(measure: Measure, value: number, keys: number): string {
  const figure = shortFigure(value);
  if (measure === "entropy") return phrases.nats(figure);
  return measure === "effective_keys" ? phrases.effectiveOf(figure, keys) : figure;
}

/** Two digits behind the point are enough beside a line. A dash stands for what cannot be measured. */
export function shortFigure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return formatWeight(value);
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}

/** The same of a difference: with its sign, unless it rounds to none. */
export function signedFigure(value: number): string {
  const text = shortFigure(value);
  return Number(text) > 0 ? `+${text}` : text;
}
