/** What was predicted of the examples at all steps. */

import { checked } from "../../wire/checked";
import { arrayOf, type Frame, FrameError, wholeNumbers } from "../../wire/frame";
import { probabilitiesOf } from "../../wire/probability";
import { evaluationSetup, evaluationTexts } from "../../wire/shapes/evaluation.gen";
import type { Predictions, Setup } from "../types";

const UNKNOWN = 255;

/** How they are stored, see `tb_seqviz_plugin/schema/evaluation.py`. */
export const PREDICTIONS = {
  readSetup(frame: Frame): Setup {
    const setup = checked(evaluationSetup, frame.header);
    const [examples, memberships] = [setup.inputs.length, [...new Set(setup.slices)]];
    if (setup.references.length !== examples || setup.slices.length !== setup.measures.length)
      throw new FrameError(
        `An evaluation has ${examples} inputs and ${setup.references.length} references, ${setup.slices.length} slices and ` +
          `${setup.measures.length} measures; expected as many of each. The log is damaged.`,
      );
    return {
      ...setup,
      index: wholeNumbers(frame, "index", [examples]).data,
      member: arrayOf(frame, "member", Uint8Array, [examples, memberships.length]).data,
      memberships,
    };
  },

  readEntry(frame: Frame, setup: Setup): Predictions {
    const { texts } = checked(evaluationTexts, frame.header);
    const examples = [setup.inputs.length];
    const places = wholeNumbers(frame, "prediction", examples).data;
    const correct = arrayOf(frame, "correct", Uint8Array, examples).data;
    arrayOf(frame, "probability", Uint8Array, [2, ...examples]);
    return {
      texts: Array.from(places, (place) => texts[place] ?? ""),
      correct: Float32Array.from(correct, (flag) => (flag === UNKNOWN ? Number.NaN : flag)),
      probability: Float32Array.from(probabilitiesOf(frame, 0, setup.inputs.length)),
    };
  },
};
