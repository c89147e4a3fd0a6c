/** Lines as paths of SVG. */

import { LOOP_ROOM } from "../layout/layout";
import type { Point } from "../layout/lineEnds";

export interface Stroke {
  path: string;
  arrow: string;
}

const HEAD = 5;

/** Returns a smooth line through at least two points, upright wherever it passes one. */
export function wayOf(points: readonly Point[]): Stroke {
  const [first, last, before] = [points[0], points.at(-1), points.at(-2)] as [Point, Point, Point];
  let path = `M${shown(first.x)} ${shown(first.y)}`;
  for (let index = 1; index < points.length; index++) {
    const [{ x: x0, y: y0 }, { x: x1, y: y1 }] = [points[index - 1], points[index]] as [Point, Point];
    const middle = shown((y0 + y1) / 2);
    path +=
      Math.abs(x1 - x0) < 0.5
        ? `L${shown(x1)} ${shown(y1)}`
        : `C${shown(x0)} ${middle} ${shown(x1)} ${middle} ${shown(x1)} ${shown(y1)}`;
  }
  const { x: endX, y: endY } = last;
  const back = endY >= before.y ? -HEAD : HEAD;
  return {
    path,
    arrow: `M${shown(endX - HEAD * 0.6)} ${shown(endY + back)}L${shown(endX)} ${shown(endY)}L${shown(endX + HEAD * 0.6)} ${shown(endY + back)}Z`,
  };
}

/** Returns a line from the right side of a box back to it. */
export function loopOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): Stroke {
  const right = x + width;
  const reach = right + LOOP_ROOM * 0.9;
  const [upper, lower] = [y + height * 0.25, y + height * 0.75];
  return {
    path: `M${shown(right)} ${shown(lower)}C${shown(reach)} ${shown(lower)} ${shown(reach)} ${shown(upper)} ${shown(right)} ${shown(upper)}`,
    arrow: `M${shown(right + HEAD)} ${shown(upper - HEAD * 0.6)}L${shown(right)} ${shown(upper)}L${shown(right + HEAD)} ${shown(upper + HEAD * 0.6)}Z`,
  };
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
