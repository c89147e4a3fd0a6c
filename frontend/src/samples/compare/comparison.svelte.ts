/** What the texts are compared with: B of the page, or what was expected. */

import { indexUpTo } from "../../store/steps";
import { type DiffPiece, differences } from "../../tokens/diff";
import type { SamplesChoice } from "../choice.svelte";
import type { SampleAddress } from "../types";
import { referenceOf, sameSample } from "./comparing";

export class Comparison {
  constructor(private readonly samples: SamplesChoice) {}

  /** Returns where the text is that one is compared with; null where there is none, and of references. */
  otherOf(address: SampleAddress): SampleAddress | null {
    const { samples } = this;
    const series = samples.seriesOf(address.run);
    const { against } = samples;
    if (!series || against === null || against === "reference") return null;
    if ("step" in against) return sameSample(series, address, series, indexUpTo(series.steps, against.step));
    const other = samples.seriesOf(against.run);
    return other && sameSample(series, address, other, indexUpTo(other.steps, samples.session.step ?? 0));
  }

  /** Returns the text that one is compared with; null where there is none. */
  otherTextOf(address: SampleAddress): string | null {
    const { samples } = this;
    const series = samples.seriesOf(address.run);
    if (samples.against === "reference") return series && referenceOf(series, address);
    const other = this.otherOf(address);
    return other && samples.textAt(other);
  }

  /** Returns the pieces of a text, with what is new since the step before; null at the first. */
  newIn(address: SampleAddress): DiffPiece[] | null {
    const series = this.samples.seriesOf(address.run);
    const before = series && address.at > 0 ? sameSample(series, address, series, address.at - 1) : null;
    return before && differences(this.samples.textAt(address), this.samples.textAt(before), this.samples.place.unit);
  }
}
