/** How far words moved between two steps, and how long their vectors are. */

import { isSpecial } from "../attention/tokens";
import { arrayOf, type Frame } from "../wire/frame";

export interface Movement {
  /** Of each row: the length of its vector. */
  norms: Float32Array;
  /** Of each row: how far it is from where it was, NaN where that is unknown. */
  moved: Float32Array;
}

export function readMovement(frame: Frame): Movement {
  return { norms: arrayOf(frame, "norm", Float32Array).data, moved: arrayOf(frame, "moved", Float32Array).data };
}

/** Returns the rows that moved most, the furthest first; padding and marks of beginning or end are left out. */
export function mostMoved({ moved }: Movement, labels: readonly string[], count: number): number[] {
  const rows: number[] = [];
  moved.forEach((distance, row) => {
    const last = rows[rows.length - 1];
    const isFurther = rows.length < count || distance > (moved[last as number] as number);
    if (!(distance > 0) || !isFurther || isSpecial(labels[row] ?? "")) return;
    let at = rows.length;
    while (at > 0 && (moved[rows[at - 1] as number] as number) < distance) at -= 1;
    rows.splice(at, 0, row);
    if (rows.length > count) rows.pop();
  });
  return rows;
}
