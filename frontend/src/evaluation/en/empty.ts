/** What is said where a link asks for the evaluation view, and nothing of it was logged. */

/** What to do, and what to write in a training script. */
export const MISSING = {
  text: "Nothing evaluated yet. Add EvaluationLogger(log_dir, dataset) to model.fit(callbacks=[...]); the first table appears here as soon as it is written.",
  code: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
} as const;
