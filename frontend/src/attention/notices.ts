/** What is said above what is drawn. */

import type { LayerHeader } from "../wire/schema.gen";
import { type Comparison, notCompared } from "./compare";
import { phrases } from "./language";
import { layerKey } from "./record/layers";
import { isStack, type LoadedRecord } from "./record/record";

/** Returns what is to be said of a layer: that a link leads to an unknown one, what of A and B is not compared, and what a rollout lacks. */
export function noticesOf(
  layer: LayerHeader,
  unknown: string | null,
  comparison: Comparison | null,
  rollout: LoadedRecord["rollout"],
): string[] {
  return [
    ...(unknown === null ? [] : [phrases.unknownLayer(unknown, layerKey(layer))]),
    ...(rollout ? rolloutNotices(rollout, layer) : []),
    ...(comparison ? notCompared(comparison, layer) : []),
  ];
}

/** Returns why there is no rollout up to a layer, or what is not known of what it is made of. */
function rolloutNotices(rollout: NonNullable<LoadedRecord["rollout"]>, layer: LayerHeader): string[] {
  if (!isStack(rollout)) return [phrases.noRollout(layerKey(layer), rollout)];
  return [
    ...(rollout.isWhole ? [] : [phrases.ROLLOUT_MAY_LACK_LAYERS]),
    ...(rollout.isInSeries ? [] : [phrases.ROLLOUT_MAY_BE_OF_BRANCHES]),
    ...(rollout.isGuess ? [phrases.ROLLOUT_IS_GUESSED] : []),
  ];
}
