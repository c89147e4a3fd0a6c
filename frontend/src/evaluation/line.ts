/** What the reading line says of a slice. */

import { grouped } from "../language/numbers";
import type { Sentence } from "../language/sentence";
import { formatFigure } from "../ui/figures";
import { phrases } from "./language";
import { surprisal } from "./strip/learning";
import type { TokenRead } from "./strip/passage.svelte";
import { formatMeasure } from "./table/format";
import { worseBy } from "./table/measures";
import type { SliceRow } from "./table/rows";
import { type ChangeRead, NO_CELL } from "./types";

/** Returns the sentence of a token at a step; null where none is pointed at. */
export function tokenLine(read: TokenRead | null): Sentence | null {
  if (!read) return null;
  const { token, steps, probability, rank, learnt, forgettings, isForgotten } = read;
  const numbers = Number.isNaN(probability)
    ? null
    : { probability: formatFigure(probability), surprisal: formatFigure(surprisal(probability)), rank };
  return phrases.tokenRead(token, steps, numbers, learnt, forgettings, isForgotten);
}

/** Returns the sentence of a slice: its measure with its interval, where it is beside the whole set, and since B. */
export function sliceLine(row: SliceRow, whole: SliceRow, measure: string, isCompared: boolean): Sentence {
  const format = (value: number) => formatMeasure(measure, value);
  const cell = row.a.get(measure) ?? NO_CELL;
  const name = phrases.sliceName(row.slice);
  if (Number.isNaN(cell.value)) return phrases.nothingMeasured(name, phrases.measureName(measure));
  const interval = Number.isNaN(cell.low) ? null : ([format(cell.low), format(cell.high)] as const);
  const apart = cell.value - (whole.a.get(measure)?.value ?? Number.NaN);
  const besides = row === whole || Number.isNaN(apart) ? null : apart;
  return phrases.sliceRead(
    name,
    phrases.measureName(measure),
    format(cell.value),
    interval,
    besides === null ? null : phrases.besideWhole(format(Math.abs(besides)), besides > 0),
    isCompared ? changeOf(row, measure) : null,
    row.isRanked ? null : phrases.fewExamples(grouped(row.count)),
  );
}

function changeOf(row: SliceRow, measure: string): ChangeRead | null {
  const format = (value: number) => formatMeasure(measure, value);
  const before = row.b.get(measure)?.value ?? Number.NaN;
  const change = row.changes.get(measure);
  if (!change || Number.isNaN(before)) return null;
  const isWorse = worseBy(measure, row.a.get(measure)?.value ?? Number.NaN, before) > 0;
  return {
    before: format(before),
    by: format(Math.abs(change.value)),
    kind: !change.isClear ? "unclear" : isWorse ? "worse" : "better",
  };
}
