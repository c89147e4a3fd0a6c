/** Where the list of runs is in the document. */
export const RUN_LIST_ID = "runs";

/** Puts the filter of the runs in focus where there are many, else the first run; returns whether there is one. */
export function focusRunFinder(): boolean {
  const list = document.getElementById(RUN_LIST_ID);
  const target = list?.querySelector<HTMLElement>("input[type=search]") ?? list?.querySelector<HTMLElement>("input");
  target?.focus();
  return target !== null && target !== undefined;
}
