/** Words as they stand in sentences. */

import { displayToken } from "../tokens/tokens";

const LONGEST_NAME = 100;

/** Returns a label as it stands in sentences and addresses: of a long one the beginning. */
export function shortName(label: string): string {
  return label.length <= LONGEST_NAME ? label : `${label.slice(0, LONGEST_NAME - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Returns a word with everything invisible spelled out; of a long one the beginning. */
export function spelled(label: string): string {
  const { title, text } = displayToken(shortName(label));
  return title.trim() === "" ? text : title;
}
