/** What positions without words are called: stretches of time, and patches of an image. */

import type { AttentionHeader, AxisUnit, LayerHeader } from "../wire/schema.gen";
import { imagedBy, isWord, type PatchGrid, patchAt } from "./image/grid";
import { phrases } from "./language";
import { timeTicks } from "./matrix/timeTicks";
import { timeOf, tokensAlong } from "./record/layers";
import type { Axis } from "./types";

/** A number of a unit without the digits that rounding leaves. */
function figureOfTime(value: number): string {
  return String(Number(value.toPrecision(9)));
}

export function timeAxis(time: AxisUnit, length: number): Axis {
  const { per_token, unit } = time;
  const positions = Array.from({ length }, (_, position) => position);
  const at = (position: number) => figureOfTime(position * per_token);
  return {
    tokens: positions.map(at),
    shown: positions,
    time: { ...time, ticks: (sight, first, extent) => timeTicks(sight, first, time, extent) },
    nameOf: (position) =>
      unit === "frames" && Number.isInteger(per_token)
        ? phrases.framesOf(at(position), per_token > 1 ? figureOfTime((position + 1) * per_token - 1) : null)
        : phrases.timeOf(at(position), at(position + 1), unit),
  };
}

export function patchAxis(grid: PatchGrid, length: number): Axis {
  const positions = Array.from({ length }, (_, position) => position);
  const named = (position: number, first: string, name: (row: number, column: number) => string) => {
    const patch = patchAt(grid, position);
    if (patch) return name(patch.row + 1, patch.column + 1);
    return position === 0 ? first : phrases.addedToken(position);
  };
  return {
    tokens: positions.map((position) => named(position, phrases.CLASS_LABEL, (row, column) => `${row},${column}`)),
    shown: positions,
    nameOf: (position) => named(position, phrases.CLASS_TOKEN, phrases.patchName),
  };
}

/** Returns an axis of a layer whose positions are time or patches; null where they are words, or nothing is known of them. */
export function wordlessAxis(header: AttentionHeader, layer: LayerHeader, side: "queries" | "keys"): Axis | null {
  const name = side === "queries" ? layer.query_axis : layer.key_axis;
  const time = timeOf(header, name);
  if (time) return timeAxis(time, layer[side]);
  const grid = imagedBy(header, layer)?.[side];
  return grid && !tokensAlong(header, name, layer[side]).some(isWord) ? patchAxis(grid, layer[side]) : null;
}
