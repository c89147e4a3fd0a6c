/** What the page shows where the user, or a link, has chosen nothing, or something that is not there. */

import type { SeriesInfo } from "../wire/schema.gen";

const names = new Intl.Collator(undefined, { numeric: true });

/** Among so many runs there is a filter. */
export const MANY_RUNS = 9;

/** Returns each run once, in the order of their names. */
export function runsOf(series: readonly SeriesInfo[]): string[] {
  return [...new Set(series.map(({ run }) => run))].sort(names.compare);
}

/** Returns the examples of some runs, each once, in the order of their names. */
export function examplesOf(series: readonly SeriesInfo[], runs: readonly string[]): string[] {
  const some = series.filter(({ run }) => runs.includes(run));
  return [...new Set(some.map(({ name }) => name))].sort(names.compare);
}

/** Returns the chosen runs that exist, or else the one written last. */
export function effectiveRuns(series: readonly SeriesInfo[], chosen: readonly string[] | null): string[] {
  const known = runsOf(series).filter((run) => chosen?.includes(run));
  if (known.length > 0 || series.length === 0) return known;
  return [series.reduce((newest, info) => (info.last_wall_time > newest.last_wall_time ? info : newest)).run];
}

/** Returns the chosen example if one of the runs has it, or else the first. */
export function effectiveExample(
  series: readonly SeriesInfo[],
  runs: readonly string[],
  chosen: string | null,
): string | null {
  const examples = examplesOf(series, runs);
  return examples.find((name) => name === chosen) ?? examples[0] ?? null;
}

/** Returns the series that has the steps of another: a structure is logged once, the statistics of its layers again and again. */
export function steppedBy(series: readonly SeriesInfo[], info: SeriesInfo): SeriesInfo {
  if (info.kind !== "structure") return info;
  return series.find(({ run, name, kind }) => kind === "statistics" && run === info.run && name === info.name) ?? info;
}

/** Returns the heads after a click on one: never none. */
export function toggled(heads: readonly number[], head: number): number[] {
  if (!heads.includes(head)) return [...heads, head].sort((a, b) => a - b);
  return heads.length > 1 ? heads.filter((other) => other !== head) : [...heads];
}

/** Returns the element `by` places on, round the ends; the first if `current` is not among them. */
export function cycled<Item>(items: readonly Item[], current: Item, by: number): Item | undefined {
  const at = items.indexOf(current);
  return at < 0 ? items[0] : items[(at + by + items.length) % items.length];
}
