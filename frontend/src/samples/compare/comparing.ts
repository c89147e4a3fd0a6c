/** What a text is compared with. */

import { indexUpTo } from "../../store/steps";
import { columnKey, promptKeysOf, samplesIn } from "../grid/grid";
import type { Comparison } from "../place";
import type { SampleAddress, SampleSeries } from "../types";

/** What the choice of a comparison needs besides the text. */
export interface Comparing {
  comparison: Comparison;
  pinnedStep: number | null;
  /** The other run's texts. */
  other: SampleSeries | null;
}

/** Returns the text that stands against the one at a place; null where there is none. */
export function comparedText(series: SampleSeries, address: SampleAddress, comparing: Comparing): string | null {
  switch (comparing.comparison) {
    case "nothing":
      return null;
    case "before":
      return address.at > 0 ? sameSample(series, address, series, address.at - 1) : null;
    case "pinned": {
      const { pinnedStep } = comparing;
      if (pinnedStep === null || pinnedStep === address.step) return null;
      return sameSample(series, address, series, indexUpTo(series.steps, pinnedStep));
    }
    case "reference": {
      const setup = series.setups[address.at];
      return setup?.references[setup.samples[address.sample]?.prompt ?? -1] ?? null;
    }
    case "run": {
      const { other } = comparing;
      if (!other || other.run === series.run) return null;
      return sameSample(series, address, other, indexUpTo(other.steps, address.step));
    }
  }
}

/** Returns the text of the same prompt, column and repeat elsewhere. */
function sameSample(series: SampleSeries, address: SampleAddress, other: SampleSeries, at: number): string | null {
  const [setup, theirs] = [series.setups[address.at], other.setups[at]];
  const key = setup?.samples[address.sample];
  const prompt = setup && key && promptKeysOf(setup)[key.prompt];
  if (!theirs || !key || prompt === undefined) return null;
  const sample = samplesIn(theirs, prompt, columnKey(key)).find((one) => theirs.samples[one]?.repeat === key.repeat);
  return sample === undefined ? null : (other.texts[at]?.[sample] ?? null);
}
