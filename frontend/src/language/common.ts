/** What the page says, and what all views do. */

import { phrasesOf } from "./catalogue";
import type * as en from "./en";

export const common = phrasesOf<typeof en>("language");
