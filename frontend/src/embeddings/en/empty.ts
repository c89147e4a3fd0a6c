/** What is said where a link asks for the embeddings view, and nothing of it was logged. */

/** What to do, and what to write in a training script. */
export const MISSING = {
  text: "No embeddings logged yet. Add EmbeddingLogger(log_dir, labels=vocabulary) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  code: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
} as const;
