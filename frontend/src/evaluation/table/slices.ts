/** The names of slices: "<what tells it>: <which>", those that are crossed joined. */

import { SLICE_CROSSING, SLICE_SEPARATOR, WHOLE_SET } from "../../wire/schema.gen";
import type { Tables } from "../types";

/** What tells a slice, and which it is; of a name that says neither, all of it is which. */
export interface SlicePart {
  by: string;
  which: string;
}

/** More slices of one kind than these are shown only where they are asked for. */
export const MOST_OF_A_GROUP = 24;

export function partsOf(slice: string): SlicePart[] {
  return slice.split(SLICE_CROSSING).map((part) => {
    const at = part.indexOf(SLICE_SEPARATOR);
    return at < 0 ? { by: "", which: part } : { by: part.slice(0, at), which: part.slice(at + SLICE_SEPARATOR.length) };
  });
}

/** Returns what a slice is told by. */
export function groupOf(slice: string): string {
  return partsOf(slice)
    .map(({ by }) => by)
    .join(SLICE_CROSSING);
}

/** Returns the kinds of slices, each with how many there are. */
export function groupsOf(slices: readonly string[]): Map<string, number> {
  const groups = new Map<string, number>();
  for (const slice of slices) {
    if (slice === WHOLE_SET) continue;
    groups.set(groupOf(slice), (groups.get(groupOf(slice)) ?? 0) + 1);
  }
  return groups;
}

/** Returns the slices of a group, and the whole set; where it is null, all but those of very many of a kind. */
export function slicesIn(slices: readonly string[], group: string | null): string[] {
  const groups = groupsOf(slices);
  const few = [...groups].filter(([, count]) => count <= MOST_OF_A_GROUP || groups.size === 1).map(([name]) => name);
  const shown = new Set(group !== null && groups.has(group) ? [group] : few);
  return slices.filter((slice) => slice === WHOLE_SET || shown.has(groupOf(slice)));
}

/** Returns the slices of which a measure is known at some step, the whole set in any case, and how many others there are. */
export function measuredIn(
  slices: readonly string[],
  runs: readonly Tables[],
  measures: readonly string[],
): { measured: string[]; unmeasured: number } {
  const measured = slices.filter(
    (slice) =>
      slice === WHOLE_SET || runs.some((tables) => measures.some((measure) => tables.isMeasured(slice, measure))),
  );
  return { measured, unmeasured: slices.length - measured.length };
}
