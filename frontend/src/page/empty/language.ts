/** What is said where there is nothing to see. */

import { phrasesOf } from "../../language/catalogue";
import type * as en from "./en";

export const phrases = phrasesOf<typeof en>("empty");
