/** What is said of the evaluation view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Evaluation",
  noData:
    "Nothing evaluated yet. Add EvaluationLogger(log_dir, dataset) to model.fit(callbacks=[...]); the first table appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
};

export const KEY_NAMES = {
  panel: "Draw as something else",
  previousSlice: "Slice above",
  nextSlice: "Slice below",
  previousMeasure: "Sort by the measure before",
  nextMeasure: "Sort by the next measure",
  order: "Sort otherwise",
} as const;
