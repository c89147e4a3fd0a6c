/** What the measures of a sample must be, and how an address says so. */

import { decimal, joinList, splitList } from "../../store/parameters";
import type { MeasureRange } from "./filter";

export const SIGNS = [">=", "<="] as const;
export type Sign = (typeof SIGNS)[number];

/** A measure beside a bound, which counts as within; a bound of null asks for nothing yet. */
export interface Limit {
  measure: string;
  sign: Sign;
  bound: number | null;
}

export function readLimits(text: string | null): Limit[] {
  return (splitList(text) ?? []).flatMap((written) => {
    const [, measure, sign, bound] = /^(.+?)(>=|<=)(.*)$/su.exec(written) ?? [];
    return measure === undefined ? [] : [{ measure, sign: sign as Sign, bound: decimal(bound ?? null) }];
  });
}

export function writeLimits(limits: readonly Limit[]): string | null {
  return limits.length === 0
    ? null
    : joinList(limits.map(({ measure, sign, bound }) => `${measure}${sign}${bound ?? ""}`));
}

/** Returns the ranges of a filter; `names`: all measures, in the order of their values. */
export function rangesOf(limits: readonly Limit[], names: readonly string[]): MeasureRange[] {
  return limits.flatMap(({ measure, sign, bound }) => {
    const index = names.indexOf(measure);
    if (index < 0 || bound === null) return [];
    const [least, most] = sign === ">=" ? [bound, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, bound];
    return [{ measure: index, least, most }];
  });
}
