/** Tests read English. */

import { findLater, learn, speak } from "../language/catalogue";
import { LANGUAGES, loadPhrases } from "../page/language";
import * as en from "../page/language/en";

speak(en);
await Promise.all(Object.keys(LANGUAGES.en.views).map(loadPhrases));
findLater((part) => LANGUAGES.en.later[part as keyof typeof LANGUAGES.en.later]());
await Promise.all(Object.keys(LANGUAGES.en.later).map(learn));
