/** Which samples are looked at. */

import type { SampleKey } from "../../wire/schema.gen";
import type { SampleAddress, SampleSeries, SampleSetup } from "../types";

/** Both ends count; NaN is outside every range. */
export interface Range {
  least: number;
  most: number;
}

/** What a sample must be; null asks for nothing. */
export interface Filter {
  runs: ReadonlySet<string> | null;
  /** Prompts as text: their places differ from run to run. */
  prompts: ReadonlySet<string> | null;
  /** Of samples drawn token by token. */
  temperatures: ReadonlySet<number> | null;
  /** Widths of beam searches, whatever their temperature. */
  beams: ReadonlySet<number> | null;
  steps: Range | null;
  measures: readonly MeasureRange[];
  /** The measures of the sample at a place, null where they are not known; then no range of a measure holds. */
  measuresOf(address: SampleAddress): ArrayLike<number> | null;
}

export interface MeasureRange extends Range {
  /** Place among the measures. */
  measure: number;
}

export const EVERYTHING: Filter = {
  runs: null,
  prompts: null,
  temperatures: null,
  beams: null,
  steps: null,
  measures: [],
  measuresOf: () => null,
};

/** Returns the places that pass, newest step first, then in the order of the series and of their samples. */
export function filterAddresses(
  series: readonly SampleSeries[],
  filter: Filter,
  isHit: (text: string, series: number, at: number, sample: number) => boolean = () => true,
): SampleAddress[] {
  const records: { series: number; at: number; step: number }[] = [];
  series.forEach(({ run, steps }, which) => {
    if (filter.runs !== null && !filter.runs.has(run)) return;
    steps.forEach((step, at) => {
      if (filter.steps === null || isWithin(step, filter.steps)) records.push({ series: which, at, step });
    });
  });
  records.sort((one, other) => other.step - one.step);

  const addresses: SampleAddress[] = [];
  for (const { series: which, at, step } of records) {
    const { run, entries, setups } = series[which] as SampleSeries;
    const setup = setups[at];
    entries[at]?.forEach((text, sample) => {
      const key = setup?.samples[sample];
      if (key === undefined || !passes(key, setup?.prompts[key.prompt] ?? "", filter)) return;
      if (!isHit(text, which, at, sample)) return;
      const place = { run, step, at, sample };
      if (filter.measures.length === 0 || isMeasuredWithin(place, filter)) addresses.push(place);
    });
  }
  return addresses;
}

/** Whether one sample passes. */
export function isPassed(address: SampleAddress, setup: SampleSetup, filter: Filter): boolean {
  const key = setup.samples[address.sample];
  return (
    key !== undefined &&
    (filter.runs === null || filter.runs.has(address.run)) &&
    (filter.steps === null || isWithin(address.step, filter.steps)) &&
    passes(key, setup.prompts[key.prompt] ?? "", filter) &&
    (filter.measures.length === 0 || isMeasuredWithin(address, filter))
  );
}

function isWithin(value: number, { least, most }: Range): boolean {
  return value >= least && value <= most;
}

function passes({ temperature, beams }: SampleKey, prompt: string, filter: Filter): boolean {
  if (filter.prompts !== null && !filter.prompts.has(prompt)) return false;
  const [wanted, value] = beams > 0 ? [filter.beams, beams] : [filter.temperatures, temperature];
  return wanted === null || wanted.has(value);
}

function isMeasuredWithin(address: SampleAddress, filter: Filter): boolean {
  const values = filter.measuresOf(address);
  return values !== null && filter.measures.every((range) => isWithin(values[range.measure] as number, range));
}
