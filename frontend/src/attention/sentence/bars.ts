/** What several heads give to a token. */

import type { ColouredHead } from "../types";
import { isKnown, weightAt } from "../weights";
import type { Focus } from "./scene";

/** Slim bars side by side, one per head, each as opaque as its weight: what several heads give to one token. */
export function barsOf(heads: readonly ColouredHead[], focus: Focus, side: "query" | "key", position: number): string {
  if (heads.length < 2 || focus === null || focus.side === side) return "";
  const share = 100 / heads.length;
  const stops = heads.map(({ matrix, colour }, index) => {
    const [query, key] = side === "key" ? [focus.position, position] : [position, focus.position];
    const weight = isKnown(matrix, query, key) ? weightAt(matrix, query, key) : 0;
    const opacity = Number.isFinite(weight) ? Math.sqrt(Math.min(1, Math.abs(weight))) : 0;
    const end = (index + 1) * share;
    const tint = `color-mix(in srgb, ${colour} ${(100 * opacity).toFixed(1)}%, transparent)`;
    return `${tint} ${(index * share).toFixed(2)}% ${end.toFixed(2)}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
