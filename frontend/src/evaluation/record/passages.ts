/** The tokens of a text at all steps. */

import type { StepSeries } from "../../store/stepSeries";
import { checked } from "../../wire/checked";
import { type Frame, FrameError, wholeNumbers } from "../../wire/frame";
import { probabilitiesOf } from "../../wire/probability";
import type { TokensSetup } from "../../wire/schema.gen";
import { tokensSetup, tokensStep } from "../../wire/shapes/tokens.gen";

/** Of each token at one step. */
export interface TokenNumbers {
  /** NaN where none was predicted. */
  probabilities: Float32Array;
  /** From 1; 0 where it is not known. */
  ranks: ArrayLike<number>;
}

export type PassageSeries = StepSeries<TokensSetup, TokenNumbers>;

/** How they are stored, see `tb_seqviz_plugin/schema/tokens.py`. */
export const PASSAGES = {
  readSetup({ header }: Frame): TokensSetup {
    return checked(tokensSetup, header);
  },

  readEntry(frame: Frame, { tokens }: TokensSetup): TokenNumbers {
    checked(tokensStep, frame.header);
    const ranks = wholeNumbers(frame, "rank", [tokens.length]).data;
    const codes = frame.arrays.get("probability")?.shape;
    if (codes?.length !== 2 || codes[1] !== tokens.length)
      throw new FrameError(
        `A record has probabilities of shape [${codes}] for ${tokens.length} tokens; it is damaged.`,
      );
    return { probabilities: Float32Array.from(probabilitiesOf(frame, 0, tokens.length)), ranks };
  },
};
