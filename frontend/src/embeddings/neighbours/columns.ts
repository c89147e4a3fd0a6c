/** Which steps stand side by side. */

import type { Span } from "../place";

/**
 * Returns up to `count` places in a list of `steps`, rising, `kept` always among them: A, and B where there is one. "whole": evenly from
 * the first to the last, so that only the column nearest to A changes as it moves; "near": those up to A.
 */
export function chooseColumns(steps: number, kept: readonly number[], count: number, span: Span): number[] {
  if (steps <= 0) return [];
  const wanted = [...new Set(kept)];
  const most = Math.max(wanted.length, Math.min(count, steps));
  const chosen = span === "near" ? lastUpTo(kept[0] ?? 0, most) : evenly(steps, most);
  for (const place of wanted) {
    if (chosen.includes(place)) continue;
    const free = chosen.filter((at) => !wanted.includes(at));
    // The ends stay, as long as there is a column between them.
    const inner = free.filter((at) => span === "near" || (at > 0 && at < steps - 1));
    const nearest = (inner.length > 0 ? inner : free).reduce((best, at) =>
      Math.abs(at - place) < Math.abs(best - place) ? at : best,
    );
    chosen[chosen.indexOf(nearest)] = place;
  }
  return chosen.sort((a, b) => a - b);
}

function evenly(steps: number, count: number): number[] {
  return count === 1
    ? [steps - 1]
    : Array.from({ length: count }, (_, at) => Math.round((at * (steps - 1)) / (count - 1)));
}

function lastUpTo(cursor: number, count: number): number[] {
  const last = Math.max(cursor, count - 1);
  return Array.from({ length: count }, (_, at) => last - at);
}
