/** What the sheet of keys says of the samples view. */

import type { Help } from "../../store/view";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  previousPrompt: "Previous prompt",
  nextPrompt: "Next prompt",
  previousTemperature: "Previous temperature",
  nextTemperature: "Next temperature",
  previousRepeat: "Previous repeat",
  nextRepeat: "Next repeat",
  shade: "Shade tokens by probability, or stop",
  alone: "Read one temperature as a document, or all again",
  copy: "Copy the chosen text",
  search: "Search",
  nextMatch: "Next match",
  previousMatch: "Previous match",
} as const;

/** What the pointer does, and the keys of a single component. */
export const HELP: Help = [
  ["Hover", "Explain the token under the pointer"],
  ["Click", "Choose a text, pin a token of it"],
  ["Double-click", "On a column's head: read it alone"],
  ["Enter", "In the search field: next match; with Shift the one before"],
];
