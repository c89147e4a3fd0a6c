/** The measures of one head as they are told: with units, and what follows from them. */

import { type Measures, measureLine } from "../store/measures";
import { phrases } from "./language";
import type { Measure } from "./types";
import { formatWeight } from "./weights";

export type MeasureKey = Measure | "effective";

export interface MeasureRow {
  key: MeasureKey;
  label: string;
  /** At each step that has measures. */
  values: ArrayLike<number>;
  /** At the step shown, with its unit. */
  text: string;
}

/** Returns the entropy of a row whose share of the largest possible is known, in nats. */
export function entropyInNats(share: number, keys: number): number {
  return share * Math.log(Math.max(1, keys));
}

/** Returns how many keys, all alike, would have the same entropy. */
export function effectiveKeys(share: number, keys: number): number {
  return Math.exp(entropyInNats(share, keys));
}

const ORDER: readonly Measure[] = ["entropy", "peak", "first", "distance"];

/**
 * Returns the rows of measures of a head.
 *
 * Args:
 *     row: of the head in the measures.
 *     at: index of the step shown in them.
 *     keys: how many the layer has.
 */
export function measureRows(measures: Measures, row: number, at: number, keys: number): MeasureRow[] {
  return ORDER.flatMap((measure): MeasureRow[] => {
    const values = measureLine(measures, row, measure);
    if (!values) return [];
    const value = values[at] ?? Number.NaN;
    const text = (shown: string) => (Number.isNaN(value) ? "–" : shown);
    if (measure !== "entropy") {
      return [{ key: measure, label: phrases.MEASURE_NAMES[measure], values, text: text(shortFigure(value)) }];
    }
    const effective = values.map((share) => effectiveKeys(share, keys));
    return [
      {
        key: measure,
        label: phrases.MEASURE_NAMES[measure],
        values,
        text: text(phrases.nats(shortFigure(entropyInNats(value, keys)))),
      },
      {
        key: "effective",
        label: phrases.DERIVED_NAMES.effective,
        values: effective,
        text: text(phrases.effectiveOf(shortFigure(effective[at] ?? Number.NaN), keys)),
      },
    ];
  });
}

/** Two digits behind the point are enough beside a line. */
export function shortFigure(value: number): string {
  if (!Number.isFinite(value)) return formatWeight(value);
  return Math.abs(value) >= 100
    ? String(Math.round(value))
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(2);
}
