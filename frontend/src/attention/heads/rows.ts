/** The rows of the table of heads: what each head does, since when, and how much that changed. */

import type { Measures } from "../../store/measures";
import type { Alarm, AttentionHeader } from "../../wire/schema.gen";
import { firstHeadOf, layerKey, listedLayers } from "../record/layers";
import type { Measure } from "../types";
import type { HeadPlace } from "../wall/wallLayout";
import { formedAt, PATTERNS, type Pattern, patternsOver } from "./patterns";

export interface HeadRow extends HeadPlace {
  /** In the measures. */
  row: number;
  /** At A. */
  pattern: Pattern | null;
  /** At B; null where nothing is compared, or nothing is known. */
  patternB: Pattern | null;
  /** Step since which it does what it does at A; null where that is nothing in particular. */
  formed: number | null;
  /** Whether it did from the first record on. */
  isFromStart: boolean;
  /** Those that began by A. */
  alarms: readonly Alarm[];
  measured(measure: Measure): number;
  /** At A less at B; NaN without B. */
  changeOf(measure: Measure): number;
}

/** What the table is sorted by. */
export type Order = "alarms" | "layer" | "pattern" | "formed" | "change" | Measure;

/** `at`, `atB`: places of A and B in the steps of the measures; -1 for none. */
export function headRows(
  header: AttentionHeader,
  measures: Measures | null,
  at: number,
  atB: number,
  alarms: readonly Alarm[],
): HeadRow[] {
  const total = firstHeadOf(header, header.layers.length);
  // Measures of another number of heads are those of other layers.
  const known = measures?.rows === total ? measures : null;
  const now = known?.steps[at] ?? Number.POSITIVE_INFINITY;
  return listedLayers(header).flatMap((layer) => {
    const shown = header.layers[layer];
    if (!shown) return [];
    const first = firstHeadOf(header, layer);
    const key = layerKey(shown);
    const ofLayer = alarms.filter((alarm) => alarm.step <= now && keyOf(alarm) === key);
    return Array.from({ length: shown.heads }, (_, head): HeadRow => {
      const patterns = known ? patternsOver(known, first + head) : [];
      const since = formedAt(patterns, at);
      const valueAt = (place: number, measure: Measure) => {
        const column = known?.names.indexOf(measure) ?? -1;
        if (!known || column < 0 || place < 0) return Number.NaN;
        return known.values[(place * known.rows + first + head) * known.names.length + column] ?? Number.NaN;
      };
      return {
        layer,
        head,
        row: first + head,
        pattern: patterns[at] ?? null,
        patternB: patterns[atB] ?? null,
        formed: since < 0 ? null : (known?.steps[since] ?? null),
        isFromStart: since === 0,
        alarms: ofLayer.filter(({ heads }) => heads.includes(head)),
        measured: (measure) => valueAt(at, measure),
        changeOf: (measure) => valueAt(at, measure) - valueAt(atB, measure),
      };
    });
  });
}

/** Returns the key of the layer that an alarm is about, see `layerKey`. */
export function keyOf({ layer, call }: Alarm): string {
  return call === 0 ? layer : `${layer}#${call}`;
}

/** Returns the rows in an order; those alike stay in that of the layers. `measure`: of which the change counts. */
export function inOrder(rows: readonly HeadRow[], order: Order, measure: Measure): HeadRow[] {
  if (order === "layer") return [...rows];
  const last = Number.NEGATIVE_INFINITY;
  const ranks: Partial<Record<Order, (row: HeadRow) => number>> = {
    alarms: ({ alarms }) => alarms.length,
    pattern: ({ pattern }) => (pattern === null ? last : -PATTERNS.indexOf(pattern)),
    formed: ({ formed, isFromStart }) => (formed === null || isFromStart ? last : formed),
    change: (row) => Math.abs(row.changeOf(measure)),
  };
  const rank = ranks[order] ?? ((row: HeadRow) => row.measured(order as Measure));
  const ranked = rows.map((row) => [row, rank(row)] as const);
  const known = (value: number) => (Number.isNaN(value) ? last : value);
  return ranked.sort(([, one], [, other]) => known(other) - known(one) || 0).map(([row]) => row);
}

/** Returns how many heads do what, in the order of `PATTERNS`. */
export function countPatterns(rows: readonly HeadRow[]): [Pattern, number][] {
  return PATTERNS.map((pattern): [Pattern, number] => [
    pattern,
    rows.filter((row) => row.pattern === pattern).length,
  ]).filter(([, count]) => count > 0);
}
