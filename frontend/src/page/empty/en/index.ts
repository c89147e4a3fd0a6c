/** What is said where there is nothing to see. */

export const EMPTY = {
  title: "Nothing logged yet",
  text: "Add one callback; this page fills at the first logged step, without a reload.",
  code: `from tb_seqviz_plugin.callbacks import SeqViz

model.fit(x, y, callbacks=[SeqViz("logs", inputs)])`,
  meaning: "logs: a folder that TensorBoard reads. inputs: the few examples to watch, as the model takes them.",
} as const;

/** Of a view that a link asks for, and of which nothing was logged: what to do, and what to write in a training script. */
export const MISSING: Readonly<Record<string, { text: string; code: string }>> = {
  attention: {
    text: "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
    code: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  },
  samples: {
    text: "No samples logged yet. Add SampleLogger(log_dir, prompts, tokenizer=tokenizer) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
    code: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
  },
  structure: {
    text: "No structure logged yet. Add StructureLogger(log_dir, inputs) to model.fit(callbacks=[...]); the model appears here as soon as training begins.",
    code: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
  },
  embeddings: {
    text: "No embeddings logged yet. Add EmbeddingLogger(log_dir, labels=vocabulary) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
    code: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
  },
  evaluation: {
    text: "Nothing evaluated yet. Add EvaluationLogger(log_dir, dataset) to model.fit(callbacks=[...]); the first table appears here as soon as it is written.",
    code: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
  },
};
