/** Lines as paths of SVG. */

import { LOOP_ROOM } from "./layout";

export interface Drawn {
  path: string;
  arrow: string;
}

const HEAD = 5;

/** Returns a smooth line through the points x, y, x, y, ..., upright wherever it passes one. */
export function wayOf(points: readonly number[]): Drawn {
  const at = (place: number) => [points[2 * place] as number, points[2 * place + 1] as number] as const;
  const count = points.length / 2;
  const [x, y] = at(0);
  let path = `M${shown(x)} ${shown(y)}`;
  for (let place = 1; place < count; place++) {
    const [x0, y0] = at(place - 1);
    const [x1, y1] = at(place);
    const middle = shown((y0 + y1) / 2);
    path +=
      Math.abs(x1 - x0) < 0.5
        ? `L${shown(x1)} ${shown(y1)}`
        : `C${shown(x0)} ${middle} ${shown(x1)} ${middle} ${shown(x1)} ${shown(y1)}`;
  }
  const [endX, endY] = at(count - 1);
  const back = endY >= at(count - 2)[1] ? -HEAD : HEAD;
  return {
    path,
    arrow: `M${shown(endX - HEAD * 0.6)} ${shown(endY + back)}L${shown(endX)} ${shown(endY)}L${shown(endX + HEAD * 0.6)} ${shown(endY + back)}Z`,
  };
}

/** Returns a line from the right side of a box back to it. */
export function loopOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): Drawn {
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
