/** Series of samples for tests. */

import type { SampleKey } from "../wire/schema.gen";
import type { SampleSeries, SampleSetup } from "./types";

export function key(some: Partial<SampleKey> = {}): SampleKey {
  return { prompt: 0, temperature: 1, repeat: 0, beams: 0, ...some };
}

export function setupOf(some: Partial<SampleSetup> = {}): SampleSetup {
  return { prompts: ["Once"], references: [], samples: [key()], ...some };
}

/** A series with one setup, from the texts of each step. */
export function seriesOf(setup: SampleSetup, steps: Record<number, readonly string[]>, run = "run"): SampleSeries {
  const numbers = Object.keys(steps).map(Number);
  return {
    run,
    tag: "samples/probe",
    steps: numbers,
    entries: numbers.map((step) => steps[step] as readonly string[]),
    setups: numbers.map(() => setup),
  };
}
