/** What is said of the samples view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Samples",
  noData:
    "No samples logged yet. Add SampleLogger(log_dir, prompts, tokenizer=tokenizer) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
};

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
} as const;
