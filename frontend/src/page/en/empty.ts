/** What is said where there is nothing to see. */

export const EMPTY = {
  title: "Nothing logged yet",
  text: "Add one callback; this page fills at the first logged step, without a reload.",
  code: `from tb_seqviz_plugin.callbacks import SeqViz

model.fit(x, y, callbacks=[SeqViz("logs", inputs)])`,
  meaning: "logs: a folder that TensorBoard reads. inputs: the few examples to watch, as the model takes them.",
} as const;
