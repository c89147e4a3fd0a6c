/** The colours that tell runs apart. */

import { headColours } from "../attention/colour";
import type { Theme } from "../attention/types";

/** Returns a colour by run; they repeat after the eighth, which is why runs are always named too. */
export function runColours(runs: readonly string[], theme: Theme): ReadonlyMap<string, string> {
  const colours = headColours(runs.length, theme);
  return new Map(runs.map((run, place) => [run, colours[place] as string]));
}
