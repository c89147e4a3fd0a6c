/** What is said where something is saved as a file. */

import { phrasesOf } from "../language/catalogue";
import type * as en from "./en";

export const phrases = phrasesOf<typeof en>("saving");
