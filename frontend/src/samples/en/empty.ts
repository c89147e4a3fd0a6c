/** What is said where a link asks for the samples view, and nothing of it was logged. */

/** What to do, and what to write in a training script. */
export const MISSING = {
  text: "No samples logged yet. Add SampleLogger(log_dir, prompts, tokenizer=tokenizer) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  code: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
} as const;
