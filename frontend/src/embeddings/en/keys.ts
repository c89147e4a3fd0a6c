/** What the sheet of keys says of the embeddings view. */

import type { Help } from "../../store/view";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  previousWord: "Previous word of the list",
  nextWord: "Next word of the list",
  wordBefore: "Back to the word before",
  previousLayer: "Previous layer",
  nextLayer: "Next layer",
  pin: "Pin the chosen word, or release it",
  metric: "Cosine similarity, or Euclidean distance",
  search: "Search",
} as const;

/** What the pointer does, and the keys of a single component. */
export const HELP: Help = [
  ["Hover", "Mark a word wherever it is"],
  ["Click", "Choose a word; with Shift, pin it"],
  ["Wheel, drag", "Zoom and move the map; double-click shows all of it"],
];
