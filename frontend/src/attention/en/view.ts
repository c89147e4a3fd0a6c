/** What is said of the attention view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Attention",
  noData:
    "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
};

export const KEY_NAMES = {
  chooseHead: "Head by its number",
  previousHead: "Previous head",
  nextHead: "Next head",
  table: "All heads as a table, with what is wrong; or the picture",
  findRun: "Find a run",
} as const;
