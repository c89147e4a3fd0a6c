/** Whether tokens along the axes of a layer are parts of words. */

import { partsOfWords } from "../../tokens/words";
import type { AttentionHeader, LayerHeader } from "../../wire/schema.gen";

/** Returns the tokens along an axis of a layer that can be merged; null where there are none: blocks of tokens cannot. */
export function mergeable(header: AttentionHeader, layer: LayerHeader, side: "query" | "key"): string[] | null {
  const [axis, count] = side === "query" ? [layer.query_axis, layer.queries] : [layer.key_axis, layer.keys];
  const tokens = header.axes[axis];
  return layer.pooled.length === 0 && tokens?.length === count && partsOfWords(tokens) ? tokens : null;
}

export function hasWords(header: AttentionHeader, layer: LayerHeader): boolean {
  return (mergeable(header, layer, "query") ?? mergeable(header, layer, "key")) !== null;
}
