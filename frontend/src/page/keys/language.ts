/** What the sheet of keys says. */

import { learn, phrasesOf } from "../../language/catalogue";
import type { Help } from "../../store/view";
import type * as en from "../en/keys";

export const phrases = phrasesOf<typeof en>("page");

/** What a view says there, in its catalogue `keys`. */
export interface KeysOfView {
  /** What each of its keys does, by the name that `Key` has for it. */
  KEY_NAMES: Readonly<Record<string, string>>;
  /** What the pointer does, and the keys of a single component. */
  HELP: Help;
}

export async function keysOfView(view: string): Promise<KeysOfView> {
  await learn(`${view}/keys`);
  return phrasesOf<KeysOfView>(view);
}
