/** Whether the left side is open: as the user chose, else as there is room for it. */

import type { Session } from "../store/session.svelte";

/** Below this width there is one column, and the rail lies over it. */
export const NARROW = 900;
/** From this width on the rail takes nothing from the view. */
const WIDE = 1440;
const MANY_EXAMPLES = 8;
/** Below this height the bars are lower. */
export const SHORT = 480;

export function railIsOpen(session: Session): boolean {
  if (session.rail !== null) return session.rail;
  if (session.width < NARROW) return false;
  return session.width >= WIDE && (session.runs.length > 1 || session.examples.length > MANY_EXAMPLES);
}
