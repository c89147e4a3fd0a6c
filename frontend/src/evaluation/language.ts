/** What the evaluation view says. */

import { phrasesOf } from "../language/catalogue";
import type * as en from "./en";
import type * as panels from "./en/panels";
import type * as view from "./en/view";

export const phrases = phrasesOf<typeof en & typeof view & typeof panels>("evaluation");
