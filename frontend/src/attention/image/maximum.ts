/** One scale for an image: that of its maps and of the film strip. */

import type { AttentionState } from "../state.svelte";
import { darkestOf, standingQuery } from "./scene";

/** Returns the weight drawn darkest on the image: in the maps of the class token, of the pinned query and of that pointed at. */
export function imageMaximum({ axes, elsewhere, hover, imaged, matrix, matrixB, place }: AttentionState): number {
  if (!imaged?.keys || !axes) return 0;
  const matrices = [matrix, matrixB, ...(place.range === "step" ? [] : elsewhere)].filter((one) => one !== null);
  const asked = [standingQuery(imaged), ...[place.pin, hover.query].filter((query) => query !== null)];
  return darkestOf(matrices, imaged.keys, asked, axes.queries.shown);
}
