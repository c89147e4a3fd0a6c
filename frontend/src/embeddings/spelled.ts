/** Words as they stand in sentences. */

import { displayToken } from "../tokens/tokens";
import { shortName } from "./table";

/** Returns a word with everything invisible spelled out; of a long one the beginning. */
export function spelled(label: string): string {
  const { title, text } = displayToken(shortName(label));
  return title.trim() === "" ? text : title;
}
