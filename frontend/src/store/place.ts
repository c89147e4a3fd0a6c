/** What the user looks at, as far as all views share it; what a view adds is in `place.ts` of its folder. */

import { type Compared, readCompared, writeCompared } from "./compared";
import { integer, joinList, oneOf, type Parameters, splitList, unless, type Written } from "./parameters";

export const SPACINGS = ["records", "steps"] as const;
/** How the step bar is spaced: by records, all equally far, or by steps. */
export type Spacing = (typeof SPACINGS)[number];

/** null stands for "not chosen": the page then chooses, and says what. */
export interface Place {
  /** Name of the view. */
  view: string | null;
  runs: string[] | null;
  /** Name of the probe example, or group of samples, that each view shows. */
  examples: Readonly<Record<string, string>>;
  /** null: the newest, and every newer one to come. */
  step: number | null;
  /** What that is compared with. */
  b: Compared | null;
  /** Key of the line that the step bar draws. */
  line: string | null;
  spacing: Spacing;
}

/** Everything that a link to the page carries. */
export interface Link {
  page: Place;
  /** By the name of the view. */
  views: Readonly<Record<string, object>>;
}

export const START: Readonly<Place> = {
  view: null,
  runs: null,
  examples: {},
  step: null,
  b: null,
  line: null,
  spacing: "records",
};

/** Reads all but the examples, for which each view has a parameter of its own. */
export function readPlace(text: Parameters): Omit<Place, "examples"> {
  return {
    view: text("view"),
    runs: splitList(text("runs")),
    step: integer(text("step")),
    b: readCompared(text),
    line: text("bar"),
    spacing: oneOf(SPACINGS, text("spacing")) ?? START.spacing,
  };
}

export function writePlace({ view, runs, step, b, line, spacing }: Place): Written {
  return {
    view,
    runs: runs && joinList(runs),
    step: unless(null, step),
    ...writeCompared(b),
    bar: line,
    spacing: unless(START.spacing, spacing),
  };
}
