/** Where to look first, as the measures say. */

import { type Measures, measuresAt } from "../../store/measures";
import type { AttentionHeader } from "../../wire/schema.gen";
import { firstHeadOf } from "./layers";

export interface Focus {
  layer: number;
  head: number;
}

/** A head that puts more than this on the first key has nothing else to do. */
const IDLE_WEIGHT_ON_FIRST = 0.6;
/** More than any head has. */
const IDLE_ENTROPY = 100;

/**
 * Returns the head with the most structure: in cross attention if there is some, the one whose rows look at the fewest
 * keys, without those that only look at the first.
 */
export function chooseFocus(header: AttentionHeader, measures: Measures | null, step: number): Focus {
  const layers = header.layers.map((_, index) => index);
  const wide = layers.filter((index) => (header.layers[index]?.keys ?? 0) > 1);
  const cross = wide.filter((index) => header.layers[index]?.role === "cross");
  const candidates = [cross, wide, layers].find((some) => some.length > 0) ?? [];
  let best: Focus = { layer: candidates[0] ?? -1, head: 0 };
  let lowest = Number.POSITIVE_INFINITY;
  for (const layer of candidates) {
    const offset = firstHeadOf(header, layer);
    for (let head = 0; head < (header.layers[layer]?.heads ?? 0); head++) {
      const known = new Map(measures ? measuresAt(measures, step, offset + head) : []);
      const isIdle = (known.get("first") ?? 0) > IDLE_WEIGHT_ON_FIRST;
      const entropy = (known.get("entropy") ?? Number.POSITIVE_INFINITY) + (isIdle ? IDLE_ENTROPY : 0);
      if (entropy < lowest) {
        lowest = entropy;
        best = { layer, head };
      }
    }
  }
  return best;
}
