/** What the attention view says. */

import { phrasesOf } from "../language/catalogue";
import type * as en from "./en";
import type * as details from "./en/details";
import type * as heads from "./en/heads";
import type * as view from "./en/view";
import type * as wordless from "./en/wordless";

export const phrases = phrasesOf<typeof en & typeof view & typeof details & typeof heads & typeof wordless>(
  "attention",
);
