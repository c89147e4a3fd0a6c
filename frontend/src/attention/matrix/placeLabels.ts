import type { Label } from "../../tokens/labels";
import { tokenAt } from "../axis";
import type { Axis } from "../types";
import { tickCells } from "./ticks";
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

/** The labels that fit, and in any case those of the hovered and the pinned cell. `extent` as in `tickCells`. */
export function placeLabels(
  sight: AxisWindow,
  axis: Axis,
  extent: number,
  cells: { hovered: number | null; pinned: number | null },
  labelOf: (token: string) => Label,
): PlacedLabel[] {
  const always = new Set([cells.hovered, cells.pinned].filter((cell) => cell !== null));
  return tickCells(sight, extent, [...always]).map((cell) => {
    const position = axis.shown[cell] as number;
    return {
      position,
      label: labelOf(tokenAt(axis, position)),
      at: (cell + 0.5 - sight.start) * sight.cell,
      emphasis: cell === cells.hovered ? "hovered" : cell === cells.pinned ? "pinned" : "none",
    };
  });
}
