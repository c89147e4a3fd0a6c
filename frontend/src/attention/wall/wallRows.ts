/** What is on the wall: every head of every layer, in rows. */

import { type Measures, rowAt } from "../../store/measures";
import { shortNames } from "../../store/shortNames";
import type { AttentionHeader } from "../../wire/schema.gen";
import { phrases } from "../language";
import { firstHeadOf, groupLayers } from "../record/layers";
import type { Measure, Sort } from "../types";
import { formatWeight } from "../weights";
import { type HeadPlace, sortedHeads } from "./wallLayout";

export interface WallHeads {
  /** Left of the row: the layer in short, or the value of its first head. */
  label: string;
  /** Above the row; "" for none. */
  heading: string;
  heads: readonly HeadPlace[];
}

const LONGEST_LABEL = 4;

/** Returns the measure of a head at a step; NaN where it is not known. */
export function measureAt(
  header: AttentionHeader,
  measures: Measures | null,
  step: number,
  { layer, head }: HeadPlace,
  measure: Measure,
): number {
  const total = firstHeadOf(header, header.layers.length);
  // Measures of another number of heads are those of other layers.
  if (measures?.rows !== total) return Number.NaN;
  const values = rowAt(measures, step, firstHeadOf(header, layer) + head);
  return values?.[measures.names.indexOf(measure)] ?? Number.NaN;
}

export function wallRows(header: AttentionHeader, measures: Measures | null, step: number, sort: Sort): WallHeads[] {
  const groups = groupLayers(header);
  const headsOf = (layer: number): HeadPlace[] =>
    Array.from({ length: header.layers[layer]?.heads ?? 0 }, (_, head) => ({ layer, head }));
  if (sort !== "layer") {
    const all = groups.flatMap(({ layers }) => layers.flatMap(headsOf));
    const perRow = Math.max(1, ...header.layers.map(({ heads }) => heads));
    const measureOf = (place: HeadPlace) => measureAt(header, measures, step, place, sort);
    return sortedHeads(all, measureOf, perRow).map((heads) => {
      const first = heads[0] ? measureOf(heads[0]) : Number.NaN;
      return { label: Number.isNaN(first) ? "–" : formatWeight(first).slice(0, LONGEST_LABEL), heading: "", heads };
    });
  }
  return groups.flatMap(({ role, layers }) => {
    const labels = rowLabels(layers.map((layer) => header.layers[layer]?.path ?? ""));
    return layers.map((layer, index) => ({
      label: labels[index] ?? "",
      heading: index === 0 ? phrases.SHORT_ROLE_NAMES[role] : "",
      heads: headsOf(layer),
    }));
  });
}

/** Returns what tells layers of one role apart, where that is short, else their places. */
function rowLabels(paths: readonly string[]): string[] {
  const names = shortNames(paths);
  const short = paths.map((path) => names.get(path) ?? path);
  const areShort = new Set(short).size === paths.length && short.every((name) => name.length <= LONGEST_LABEL);
  return areShort ? short : paths.map((_, index) => String(index));
}
