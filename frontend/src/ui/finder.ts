/** Where the list of runs is in the document. */
export const RUN_LIST_ID = "runs";

/** Puts the filter of the runs in focus; returns whether there is one, as there is where there are many. */
export function focusRunFinder(): boolean {
  const filter = document.getElementById(RUN_LIST_ID)?.querySelector<HTMLElement>("input[type=search]");
  filter?.focus();
  return filter !== null && filter !== undefined;
}
