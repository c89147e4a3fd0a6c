/** What the samples view is made of, shared by its store and its drawings. */

import type { StepSeries } from "../store/stepSeries";
import type { SampleKey } from "../wire/schema.gen";

/** Everything that one tag of one run holds as text: at each step the texts in the order of `SampleSetup.samples`. */
export type SampleSeries = StepSeries<SampleSetup, readonly string[]>;

export interface SampleSetup {
  prompts: readonly string[];
  /** Empty where there are none. */
  references: readonly string[];
  samples: readonly SampleKey[];
}

/** Where one text is: what a cell of the grid, a row of the search results and a line of an export have in common. */
export interface SampleAddress {
  run: string;
  step: number;
  /** Index of the step in `SampleSeries.steps`. */
  at: number;
  /** Index in `SampleSetup.samples`. */
  sample: number;
}

/** A stretch of a text in UTF-16 units, as JavaScript counts. */
export interface Stretch {
  start: number;
  end: number;
}

/** The tokens of one sample, decoded from its blobs. */
export interface SampleTokens {
  /** What each token is as text. */
  tokens: readonly string[];
  /** Where each token lies in the text; empty stretches for tokens that complete no character. */
  stretches: readonly Stretch[];
  /** In [0, 1], NaN where the model returned none. */
  probabilities: Float32Array;
  /** From 1; 0 where it is not known. */
  ranks: ArrayLike<number>;
}

/** What could have come at one place, by falling probability. */
export interface Alternative {
  token: string;
  probability: number;
}

export interface BeamNode {
  /** -1: follows the prompt. */
  parent: number;
  token: string;
  probability: number;
  score: number;
  best: boolean;
  end: boolean;
}
