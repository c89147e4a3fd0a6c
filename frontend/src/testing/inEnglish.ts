/** Tests read English. */

import { speak } from "../language/catalogue";
import { LANGUAGES, loadPhrases } from "../page/language";
import * as en from "../page/language/en";

speak(en);
await Promise.all(Object.keys(LANGUAGES.en.views).map(loadPhrases));
