/** What is known of measures by their names, which are those of scikit-learn, sacrebleu and rouge-score. */

import { EVALUATION_SCALES, LOWER_IS_BETTER } from "../../wire/schema.gen";

/** Those of others of which less is better. */
const LOWER = /(?:^|_)(?:loss|perplexity|surprisal|entropy|distance|ter|wer|cer|error|brier)(?:_|$)/i;
/** Stands before the class that a measure is of. */
const CLASS = "/";

/** Of those without a largest value these are never below 0. */
const FROM_ZERO = ["log_loss", "perplexity", "edit_distance"];
/** What is shown at first: as many of these as are known, in this order; of texts one, since those are of the few that are written. */
const FIRST = ["chrf", "accuracy", "f1_macro", "log_loss", "bleu", "rougeL", "perplexity", "exact_match"];
const MOST_AT_FIRST = 3;

/** Returns the name of a measure without the class that it is of. */
export function baseOf(measure: string): string {
  return measure.split(CLASS, 1)[0] as string;
}

/** Returns the class that a measure is of; null for a measure of all. */
export function classOf(measure: string): string | null {
  const at = measure.indexOf(CLASS);
  return at < 0 ? null : measure.slice(at + CLASS.length);
}

export function lowerIsBetter(measure: string): boolean {
  const base = baseOf(measure);
  return LOWER_IS_BETTER.some((name) => name === base) || LOWER.test(base);
}

/** Returns the largest value of a measure whose least is 0; undefined where there is none. */
export function largestOf(measure: string): number | undefined {
  return (EVALUATION_SCALES as Readonly<Record<string, number>>)[baseOf(measure)];
}

/** Returns between what all values of a measure lie, as far as that is known. */
export function limitsOf(measure: string): { least: number; most: number } {
  const most = largestOf(measure) ?? Number.POSITIVE_INFINITY;
  const isFromZero = Number.isFinite(most) || FROM_ZERO.includes(baseOf(measure));
  return { least: isFromZero ? 0 : Number.NEGATIVE_INFINITY, most };
}

/** Returns by how much `one` is worse than `other`; below 0 where it is better. */
export function worseBy(measure: string, one: number, other: number): number {
  return lowerIsBetter(measure) ? one - other : other - one;
}

/** Returns the measures to show where none were chosen. */
export function measuresAtFirst(known: readonly string[]): string[] {
  const wished = FIRST.filter((name) => known.includes(name));
  return [...new Set([...wished, ...known])].slice(0, MOST_AT_FIRST);
}
