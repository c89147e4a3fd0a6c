/** Which part of a long text is in sight. */

/**
 * Returns the stretch [from, to) of the shown positions to set: all where that is little, else around a position.
 *
 * Args:
 *     shown: rising positions.
 *     anchor: the position to have in sight.
 *     isLast: whether what matters is before it, as in a text that looks back.
 *     most: how many tokens there is room for.
 */
export function passageWindow(
  shown: readonly number[],
  anchor: number,
  isLast: boolean,
  most: number,
): { from: number; to: number } {
  if (shown.length <= most) return { from: 0, to: shown.length };
  const after = shown.findIndex((position) => position >= anchor);
  const at = after < 0 ? shown.length - 1 : after;
  const before = isLast ? Math.round(most * 0.85) : Math.round(most / 2);
  const from = Math.max(0, Math.min(at - before, shown.length - most));
  return { from, to: from + most };
}
