/** What is said of the attention view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Attention",
  noData:
    "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  help: [
    ["Hover", "Explain what is under the pointer"],
    ["Click", "Pin a query, or select a head"],
    ["Double-click", "Isolate a head, or show all of them"],
    ["Wheel, drag", "Zoom and move the matrix"],
    ["+ − 0", "The same by keys, with the matrix in focus"],
    ["Shift and arrows", "Move its crosshair; Enter pins the query"],
  ],
};

export const KEY_NAMES = {
  previousHead: "Previous head",
  nextHead: "Next head",
  findRun: "Find a run",
} as const;
