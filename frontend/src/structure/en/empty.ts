/** What is said where a link asks for the structure view, and nothing of it was logged. */

/** What to do, and what to write in a training script. */
export const MISSING = {
  text: "No structure logged yet. Add StructureLogger(log_dir, inputs) to model.fit(callbacks=[...]); the model appears here as soon as training begins.",
  code: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
} as const;
