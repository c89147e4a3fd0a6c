/** Which steps stand side by side. */

import type { Span } from "../place";

/**
 * Returns up to `count` places in a list of `steps`, falling: the newest first, the cursor always among them. "whole": evenly from the
 * first to the last, so that only the column nearest to the cursor changes as it moves; "near": those up to the cursor.
 */
export function chooseColumns(steps: number, cursor: number, count: number, span: Span): number[] {
  const most = Math.max(1, Math.min(count, steps));
  if (steps <= 0) return [];
  if (span === "near") {
    const last = Math.max(cursor, most - 1);
    return Array.from({ length: most }, (_, at) => last - at);
  }
  if (most === 1) return [cursor];
  const chosen = Array.from({ length: most }, (_, at) => Math.round((at * (steps - 1)) / (most - 1)));
  if (!chosen.includes(cursor)) {
    // The ends stay, as long as there is a column between them.
    const inner = most > 2 ? chosen.slice(1, -1) : chosen;
    const nearest = inner.reduce((best, at) => (Math.abs(at - cursor) < Math.abs(best - cursor) ? at : best));
    chosen[chosen.indexOf(nearest)] = cursor;
  }
  return chosen.sort((a, b) => b - a);
}
