/** What the structure view says. */

import { phrasesOf } from "../language/catalogue";
import type * as en from "./en";

export const phrases = phrasesOf<typeof en>("structure");
