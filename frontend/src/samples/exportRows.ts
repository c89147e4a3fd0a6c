/** Samples as rows of a file. */

import type { ExportRow } from "./exporting";
import type { SamplePlace, SampleSeries } from "./types";

/** Returns what a place holds; null where the series does not have it. */
export function exportRow(
  series: SampleSeries,
  place: SamplePlace,
  names: readonly string[],
  values: ArrayLike<number> | null,
): ExportRow | null {
  const setup = series.setups[place.at];
  const key = setup?.samples[place.sample];
  const text = series.texts[place.at]?.[place.sample];
  if (!setup || !key || text === undefined) return null;
  const known = names.flatMap((name, column): [string, number][] => {
    const value = values?.[column] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[name, value]];
  });
  return {
    run: series.run,
    step: place.step,
    prompt: setup.prompts[key.prompt] ?? "",
    temperature: key.temperature,
    repeat: key.repeat,
    beams: key.beams,
    text,
    reference: setup.references[key.prompt] ?? null,
    measures: Object.fromEntries(known),
  };
}
