/** B: what A, that is the step of the cursor, is compared with in every view. */

import { integer, type Parameters, unless, type Written } from "./parameters";

/** Another step, or another run at the same step. */
export type Compared = { step: number } | { run: string };

export function readCompared(text: Parameters): Compared | null {
  const run = text("brun");
  if (run !== null) return { run };
  const step = integer(text("b"));
  return step === null ? null : { step };
}

export function writeCompared(compared: Compared | null): Written {
  return {
    b: compared && "step" in compared ? unless(null, compared.step) : null,
    brun: compared && "run" in compared ? compared.run : null,
  };
}

export function runOf(compared: Compared | null): string | null {
  return compared && "run" in compared ? compared.run : null;
}
