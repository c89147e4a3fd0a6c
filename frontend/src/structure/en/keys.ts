/** What the sheet of keys says of the structure view. */

import type { Help } from "../../store/view";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  up: "Layer that it comes from",
  down: "Layer that it goes to",
  left: "Layer to the left",
  right: "Layer to the right",
  open: "Open the chosen group, or close it",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show the whole drawing",
  masks: "Draw masks, or leave them out",
  search: "Search",
  nextMatch: "Next match",
  previousMatch: "Previous match",
} as const;

/** What the pointer does, and the keys of a single component. */
export const HELP: Help = [
  ["Click", "Choose a layer or a line"],
  ["Double-click", "Open a group, or close it"],
  ["Wheel, drag", "Zoom and move the drawing"],
];
