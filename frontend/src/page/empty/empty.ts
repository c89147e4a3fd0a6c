/** What the page has nothing of. */

import type { Session } from "../../store/session.svelte";

/** Returns the view that a link asks for and that has nothing. */
export function missingView({ linked, views, catalogue }: Session): string | null {
  const asked = linked?.view ?? null;
  return catalogue.list && asked !== null && !views.includes(asked) ? asked : null;
}

/** Whether nothing was logged, or nothing of what a link asks for. */
export function isEmpty(session: Session): boolean {
  return missingView(session) !== null || isAllEmpty(session);
}

export function isAllEmpty({ views, catalogue }: Session): boolean {
  return catalogue.list !== null && views.length === 0 && catalogue.list.newer.length === 0;
}
