/** The texts of all steps of a series. */

import { checked } from "../../wire/checked";
import { type Frame, FrameError } from "../../wire/frame";
import { samplesSetup, textsHeader } from "../../wire/shapes/samples.gen";
import type { SampleSetup } from "../types";

/** How they are stored: the texts of a step in the order of `SampleSetup.samples`. */
export const TEXTS = {
  readSetup({ header }: Frame): SampleSetup {
    const { prompts, references, samples } = checked(samplesSetup, header);
    for (const { prompt } of samples) {
      if (prompts[prompt] === undefined || (references.length > 0 && references[prompt] === undefined))
        throw new FrameError(`A sample is of prompt ${prompt}, of which there are ${prompts.length}.`);
    }
    return { prompts, references, samples };
  },

  readEntry({ header }: Frame, setup: SampleSetup): readonly string[] {
    const { texts } = checked(textsHeader, header);
    if (texts.length !== setup.samples.length)
      throw new FrameError(`A record has ${texts.length} texts of ${setup.samples.length} samples; it is damaged.`);
    return texts;
  },
};
