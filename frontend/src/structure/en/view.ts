/** What is said of the structure view before it is loaded. */

export const VIEW_NAME = "Structure";

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
