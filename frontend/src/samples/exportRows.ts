/** Samples as rows of a file. */

import type { ExportRow } from "./exporting";
import type { SampleAddress, SampleSeries } from "./types";

/** Returns what a place holds; null where the series does not have it. */
export function exportRow(
  series: SampleSeries,
  address: SampleAddress,
  names: readonly string[],
  values: ArrayLike<number> | null,
): ExportRow | null {
  const setup = series.setups[address.at];
  const key = setup?.samples[address.sample];
  const text = series.entries[address.at]?.[address.sample];
  if (!setup || !key || text === undefined) return null;
  const known = names.flatMap((name, column): [string, number][] => {
    const value = values?.[column] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[name, value]];
  });
  return {
    run: series.run,
    step: address.step,
    prompt: setup.prompts[key.prompt] ?? "",
    temperature: key.temperature,
    repeat: key.repeat,
    beams: key.beams,
    text,
    reference: setup.references[key.prompt] ?? null,
    measures: Object.fromEntries(known),
  };
}
