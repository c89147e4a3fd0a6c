/** From positions of an axis to what is shown of it, and to tokens. */

import { firstAbove } from "../store/firstAbove";
import { displayToken } from "../tokens/tokens";
import type { Axis } from "./types";

/** Where a position of the original axis is among the shown ones; null if it is hidden or out of range. */
export function shownIndex({ shown }: Axis, position: number | null): number | null {
  if (position === null) return null;
  const index = firstAbove(shown, position) - 1;
  return shown[index] === position ? index : null;
}

/** The token of a position; positions beyond the tokens are spelled as numbers. */
export function tokenAt({ tokens }: Axis, position: number): string {
  return tokens[position] ?? String(position);
}

/** Returns how many tokens of different axes are left out. */
export function countLeftOut(axes: readonly { name: string; axis: Axis }[]): number {
  const byName = new Map(axes.map(({ name, axis }) => [name, axis.tokens.length - axis.shown.length]));
  return [...byName.values()].reduce((sum, each) => sum + each, 0);
}

/** What a position is called in a sentence. */
export function nameAt(axis: Axis, position: number): string {
  return axis.nameOf?.(position) ?? displayToken(tokenAt(axis, position)).text;
}
