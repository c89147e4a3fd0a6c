/** What is said where a link asks for the attention view, and nothing of it was logged. */

/** What to do, and what to write in a training script. */
export const MISSING = {
  text: "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  code: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
} as const;
