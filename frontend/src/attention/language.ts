/** What the attention view says. */

import { phrasesOf } from "../language/catalogue";
import type * as en from "./en";

export const phrases = phrasesOf<typeof en>("attention");
