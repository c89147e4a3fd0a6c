/** Tests read English. */

import { speak } from "../language/catalogue";
import * as en from "../page/language/en";

speak(en);
