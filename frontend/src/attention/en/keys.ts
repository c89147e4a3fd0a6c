/** What the sheet of keys says of the attention view. */

import type { Help } from "../../store/view";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  previousLayer: "Previous layer",
  nextLayer: "Next layer",
  previousHead: "Previous head",
  nextHead: "Next head",
  chooseHead: "Head by its number",
  table: "All heads as a table, with what is wrong; or the picture",
  findRun: "Find a run",
} as const;

/** What the pointer does, and the keys of a single component. */
export const HELP: Help = [
  ["Point", "Read what is under the pointer, in the line at the bottom"],
  ["Click", "Pin a query, or select a head"],
  ["Double-click", "All heads of a layer in their colours, or one of them alone"],
  ["Shift-click the bar", "Compare with that step, B"],
  ["Words of the caption", "Choose what is drawn, such as one head, several, or the rollout up to a layer"],
  ["Wheel, drag", "Zoom and move the matrix"],
  ["+ − 0", "The same by keys, with the matrix in focus"],
  ["Shift and arrows", "Move its crosshair; Enter pins the query"],
];
