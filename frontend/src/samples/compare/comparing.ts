/** Which text stands against which. */

import { columnKey, promptKeysOf, samplesIn } from "../grid/grid";
import type { SampleAddress, SampleSeries } from "../types";

/** Returns where another series, or another step of the same, has the same prompt, column and repeat; null where it has none. */
export function sameSample(
  series: SampleSeries,
  address: SampleAddress,
  other: SampleSeries,
  at: number,
): SampleAddress | null {
  const [setup, theirs, step] = [series.setups[address.at], other.setups[at], other.steps[at]];
  const key = setup?.samples[address.sample];
  const prompt = setup && key && promptKeysOf(setup)[key.prompt];
  if (!theirs || !key || prompt === undefined || step === undefined) return null;
  const sample = samplesIn(theirs, prompt, columnKey(key)).find((one) => theirs.samples[one]?.repeat === key.repeat);
  return sample === undefined ? null : { run: other.run, step, at, sample };
}

/** Returns what was expected in the place of a text; null where nothing was. */
export function referenceOf(series: SampleSeries, address: SampleAddress): string | null {
  const setup = series.setups[address.at];
  return setup?.references[setup.samples[address.sample]?.prompt ?? -1] ?? null;
}
