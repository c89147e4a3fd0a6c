/** What is said of the attention view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Attention",
  noData:
    "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  help: [
    ["Point", "Read what is under the pointer, in the line at the bottom"],
    ["Click", "Pin a query, or select a head"],
    ["Double-click", "All heads of a layer in their colours, or one of them alone"],
    ["Shift-click the bar", "Compare with that step, B"],
    ["Wheel, drag", "Zoom and move the matrix"],
    ["+ − 0", "The same by keys, with the matrix in focus"],
    ["Shift and arrows", "Move its crosshair; Enter pins the query"],
  ],
};

export const KEY_NAMES = {
  chooseHead: "Head by its number",
  previousHead: "Previous head",
  nextHead: "Next head",
  table: "All heads as a table, with what is wrong; or the picture",
  findRun: "Find a run",
} as const;
