/** What is said of the samples view before it is loaded. */

export const VIEW_NAME = "Samples";

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
