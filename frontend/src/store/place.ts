/** What the user looks at, as far as all views share it; what a view adds is in `place.ts` of its folder. */

import { integer, joinList, type Parameters, splitList, unless, type Written } from "./parameters";

/** null stands for "not chosen": the page then chooses, and says what. */
export interface Place {
  /** Name of the view. */
  view: string | null;
  runs: string[] | null;
  /** Name of the probe example, or group of samples, that each view shows. */
  examples: Readonly<Record<string, string>>;
  /** null: the newest, and every newer one to come. */
  step: number | null;
}

/** Everything that a link to the page carries. */
export interface Link {
  page: Place;
  /** By the name of the view. */
  views: Readonly<Record<string, object>>;
}

export const START: Readonly<Place> = { view: null, runs: null, examples: {}, step: null };

/** Reads all but the examples, for which each view has a parameter of its own. */
export function readPlace(text: Parameters): Omit<Place, "examples"> {
  return { view: text("view"), runs: splitList(text("runs")), step: integer(text("step")) };
}

export function writePlace({ view, runs, step }: Place): Written {
  return { view, runs: runs && joinList(runs), step: unless(null, step) };
}
