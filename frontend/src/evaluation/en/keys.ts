/** What the sheet of keys says of the evaluation view. */

import type { Help } from "../../store/view";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  previousSlice: "Slice above",
  nextSlice: "Slice below",
  previousMeasure: "Sort by the measure before",
  nextMeasure: "Sort by the next measure",
  panel: "Draw as something else",
  order: "Sort otherwise",
} as const;

/** What the pointer does, and the keys of a single component. */
export const HELP: Help = [
  ["Hover", "Read a slice"],
  ["Click", "Choose a slice; on a measure's head: sort by it, once more: sort otherwise"],
];
