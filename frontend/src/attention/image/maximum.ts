/** One scale for an image: that of its maps and of the film strip. */

import type { AttentionState } from "../state.svelte";
import { darkestOf, standingQuery } from "./scene";

/** Returns the weight drawn darkest on the image: in the maps of the class token, of the pinned and of the chosen query. */
export function imageMaximum(
  { axes, elsewhere, imaged, matrix, matrixB, place }: AttentionState,
  chosen: number | null,
): number {
  if (!imaged?.keys || !axes) return 0;
  const matrices = [matrix, matrixB, ...(place.range === "step" ? [] : elsewhere)].filter((one) => one !== null);
  const asked = [standingQuery(imaged), ...[place.pin, chosen].filter((query) => query !== null)];
  return darkestOf(matrices, imaged.keys, asked, axes.queries.shown);
}
