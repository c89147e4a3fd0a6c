/** One scale for all that is drawn: what the darkest colour stands for. */

import type { HeadMatrix } from "./record/matrix";
import type { Range } from "./types";
import { darkestWeight } from "./weights";

/**
 * Returns the weight that is drawn darkest.
 *
 * Args:
 *     shown: the matrix or matrices at the step shown, A and B.
 *     others: of the same head at the other steps that are drawn.
 */
export function darkestOf(range: Range, shown: readonly HeadMatrix[], others: readonly HeadMatrix[]): number {
  const darkest = (matrices: readonly HeadMatrix[]) => Math.max(0, ...matrices.map(darkestWeight));
  const used = range === "step" ? darkest(shown) : darkest([...shown, ...others]);
  // Weights that are no shares may be larger than 1: then none is cut off.
  return range === "all" ? Math.max(1, used) : used;
}

export function isSigned(matrices: readonly HeadMatrix[]): boolean {
  return matrices.some(({ negative }) => negative);
}
