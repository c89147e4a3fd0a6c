/** Tests read English. */

import { findIn, learn } from "../language/catalogue";
import { cataloguesIn } from "../page/language";

const english = cataloguesIn("en");
findIn(english);
await Promise.all([...english.keys()].map(learn));
