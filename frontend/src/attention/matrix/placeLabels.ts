import type { Label } from "../../tokens/labels";
import { tokenAt } from "../axis";
import type { Axis } from "../types";
import { isInSight, tickCells } from "./ticks";
import type { AxisWindow } from "./viewport";

/** A label beside a matrix. */
export interface PlacedLabel {
  /** In the original axis. */
  position: number;
  label: Label;
  /** Middle of its cell, in pixels along the axis. */
  at: number;
  emphasis: "none" | "hovered" | "pinned";
}

/**
 * The labels that fit, of an axis of time those of round times, and in any case those of the hovered and the pinned cell. `extent` as in
 * `tickCells`.
 */
export function placeLabels(
  sight: AxisWindow,
  axis: Axis,
  extent: number,
  cells: { hovered: number | null; pinned: number | null },
  labelOf: (token: string) => Label,
): PlacedLabel[] {
  const always = new Set([cells.hovered, cells.pinned].filter((cell) => cell !== null));
  const label = (cell: number): PlacedLabel => {
    const position = axis.shown[cell] as number;
    return {
      position,
      label: labelOf(tokenAt(axis, position)),
      at: (cell + 0.5 - sight.start) * sight.cell,
      emphasis: cell === cells.hovered ? "hovered" : cell === cells.pinned ? "pinned" : "none",
    };
  };
  const { time } = axis;
  if (!time) return tickCells(sight, extent, [...always]).map(label);
  const first = axis.shown[0] ?? 0;
  const marked = [...always].filter((cell) => isInSight(sight, cell)).map(label);
  const ticks = time.ticks(sight, first, extent).map(
    ({ value, at }): PlacedLabel => ({
      position: Math.round(value / time.per_token),
      label: labelOf(String(value)),
      at,
      emphasis: "none",
    }),
  );
  const isFree = (tick: PlacedLabel) =>
    marked.every((other) => other.position !== tick.position && Math.abs(other.at - tick.at) >= extent);
  return [...marked, ...ticks.filter(isFree)];
}
