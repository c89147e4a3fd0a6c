/** What the sheet of keys says. */

import { phrasesOf } from "../../language/catalogue";
import type * as en from "./en";

export type KeyName = keyof typeof en.KEY_NAMES;
export const phrases = phrasesOf<typeof en>("keys");
