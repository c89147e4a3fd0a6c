/** What is said of the evaluation view before it is loaded. */

export const VIEW_NAME = "Evaluation";

export const KEY_NAMES = {
  panel: "Draw as something else",
  previousSlice: "Slice above",
  nextSlice: "Slice below",
  previousMeasure: "Sort by the measure before",
  nextMeasure: "Sort by the next measure",
  order: "Sort otherwise",
} as const;
