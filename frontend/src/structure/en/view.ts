/** What is said of the structure view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Structure",
  noData:
    "No structure logged yet. Add StructureLogger(log_dir, inputs) to model.fit(callbacks=[...]); the model appears here as soon as training begins.",
  callbackLines: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
};

export const KEY_NAMES = {
  up: "Layer that it comes from",
  down: "Layer that it goes to",
  left: "Layer to the left",
  right: "Layer to the right",
  open: "Open the chosen group, or close it",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show the whole drawing",
  masks: "Draw masks, or leave them out",
} as const;
