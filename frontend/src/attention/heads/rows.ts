/** The rows of the table of heads: what each head does, since when, and how much that changed. */

import type { Measures } from "../../store/measures";
import type { Alarm, AttentionHeader } from "../../wire/schema.gen";
import { findLayer, firstHeadOf, layerKey, listedLayers } from "../record/layers";
import type { Measure } from "../types";
import type { HeadPlace } from "../wall/wallLayout";
import { formedAt, PATTERNS, type Pattern, patternsOver } from "./patterns";

export interface HeadRow extends HeadPlace {
  /** Index of its layer in the record of B; -1 where that has none such, or nothing is compared. */
  layerB: number;
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

/** What A is compared with. */
export interface Other {
  header: AttentionHeader;
  measures: Measures;
  /** Its place in the steps of its measures; -1 for none. */
  at: number;
}

/** `at`: place of A in the steps of the measures; -1 for none. */
export function headRows(
  header: AttentionHeader,
  measures: Measures | null,
  at: number,
  other: Other | null,
  alarms: readonly Alarm[],
): HeadRow[] {
  const known = measuresFor(header, measures);
  const knownB = other && measuresFor(other.header, other.measures);
  const atB = other?.at ?? -1;
  const now = known?.steps[at] ?? Number.POSITIVE_INFINITY;
  return listedLayers(header).flatMap((layer) => {
    const shown = header.layers[layer];
    if (!shown) return [];
    const first = firstHeadOf(header, layer);
    const key = layerKey(shown);
    const layerB = other ? findLayer(other.header, key) : -1;
    const headsB = other?.header.layers[layerB]?.heads ?? 0;
    const firstB = other && layerB >= 0 ? firstHeadOf(other.header, layerB) : 0;
    const ofLayer = alarms.filter((alarm) => alarm.step <= now && keyOf(alarm) === key);
    return Array.from({ length: shown.heads }, (_, head): HeadRow => {
      const patterns = known ? patternsOver(known, first + head) : [];
      const since = formedAt(patterns, at);
      const isInB = knownB !== null && head < headsB;
      const measured = (measure: Measure) => valueAt(known, at, first + head, measure);
      return {
        layer,
        layerB,
        head,
        row: first + head,
        pattern: patterns[at] ?? null,
        patternB: (isInB && patternsOver(knownB, firstB + head)[atB]) || null,
        formed: since < 0 ? null : (known?.steps[since] ?? null),
        isFromStart: since === 0,
        alarms: ofLayer.filter(({ heads }) => heads.includes(head)),
        measured,
        changeOf: (measure) => (isInB ? measured(measure) - valueAt(knownB, atB, firstB + head, measure) : Number.NaN),
      };
    });
  });
}

/** Returns the measures of a record's heads: those of another number of heads are of other layers. */
function measuresFor(header: AttentionHeader, measures: Measures | null): Measures | null {
  return measures?.rows === firstHeadOf(header, header.layers.length) ? measures : null;
}

function valueAt(measures: Measures | null, place: number, row: number, measure: Measure): number {
  const column = measures?.names.indexOf(measure) ?? -1;
  if (!measures || column < 0 || place < 0) return Number.NaN;
  return measures.values[(place * measures.rows + row) * measures.names.length + column] ?? Number.NaN;
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
