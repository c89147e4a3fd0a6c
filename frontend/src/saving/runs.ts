/** Which runs a file may hold. */

import { runsOf } from "../store/selection";
import type { SeriesInfo } from "../wire/schema.gen";

/** Returns whether a log holds more runs than those shown, be it in other views alone. */
export function hasOthers(series: readonly SeriesInfo[], shown: readonly string[]): boolean {
  return runsOf(series).some((run) => !shown.includes(run));
}
