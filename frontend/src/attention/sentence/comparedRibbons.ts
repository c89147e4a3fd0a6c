/** Ribbons of A beside those of B. */

import type { HeadMatrix } from "../record/matrix";
import { weightAt } from "../weights";
import { FADED, type Focus, type Ribbon, ribbonsOf } from "./scene";

/** By so much one side must be larger for a ribbon to take its colour. */
const LEADS = { a: 0.08, b: 0.03 };

/** Returns the ribbons of A or B: in the colour of that side where it is larger, else grey. */
export function comparedRibbons(
  side: "a" | "b",
  own: HeadMatrix,
  other: HeadMatrix | null,
  queries: readonly number[],
  keys: readonly number[],
  focus: Focus,
  colours: { a: string; b: string; same: string },
): Ribbon[] {
  const plain = ribbonsOf([{ head: 0, matrix: own, colour: colours.same }], queries, keys, focus);
  return plain.map((ribbon) => {
    const isIn = other && ribbon.query < other.queries && ribbon.key < other.keys;
    // Of one that is not known it leads by what that is at most.
    const against = isIn ? weightAt(other, ribbon.query, ribbon.key) : Number.NaN;
    const leads = ribbon.weight - against > LEADS[side];
    const isFaded = ribbon.opacity === FADED;
    const opacity = isFaded ? FADED : Math.min(0.95, ribbon.opacity * (leads ? (side === "b" ? 1.3 : 1) : 0.55));
    return { ...ribbon, colour: leads ? colours[side] : colours.same, opacity };
  });
}
