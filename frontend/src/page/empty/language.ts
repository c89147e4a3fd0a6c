/** What is said where there is nothing to see. */

import { learn, phrasesOf } from "../../language/catalogue";
import type * as en from "../en/empty";

export const phrases = phrasesOf<typeof en>("page");

/** What a view says where a link asks for it and nothing of it was logged, in its catalogue `empty`. */
export interface EmptyOfView {
  /** What to do, and what to write in a training script. */
  MISSING: { text: string; code: string };
}

export async function emptyOfView(view: string): Promise<EmptyOfView> {
  await learn(`${view}/empty`);
  return phrasesOf<EmptyOfView>(view);
}
