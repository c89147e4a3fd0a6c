/** What is said where something is saved as a file. */

import { count } from "../../language/en";

export const TITLE = "Export";

export const PICTURE = "Picture";
export const IN_SIGHT = "what is in sight, as it is drawn";
export const DATA = "Data";
export const WRITING = "It is being written …";

export function saveAs(name: string, kind: string): string {
  return `${kind.toUpperCase()}: ${name}`;
}

export function notSaved(reason: string): string {
  return `It was not saved: ${reason}`;
}

export const ONE_FILE = "One HTML file";

export function oneFileOf(runs: number): string {
  return runs === 1 ? "of the run shown" : `of the ${count(runs)} runs shown`;
}

export const OF_ALL_RUNS = "of all runs";
export const ONE_FILE_MEANING =
  "All views with all their records and steps. It opens in any browser, from the disk and without a network.";
export const IS_A_FILE = "This page is such a file; there is no server to write another.";
