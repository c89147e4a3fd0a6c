/** What is said of the attention view before it is loaded. */

export const VIEW_NAME = "Attention";

export const KEY_NAMES = {
  chooseHead: "Head by its number",
  previousHead: "Previous head",
  nextHead: "Next head",
  table: "All heads as a table, with what is wrong; or the picture",
  findRun: "Find a run",
} as const;
