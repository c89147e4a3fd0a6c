import { widest } from "../../tokens/labels";
import { mustRotate } from "./ticks";
import { fittedCell, type Room } from "./viewport";

/** What the labels around a matrix need, in CSS pixels. */
export interface Margins {
  left: number;
  top: number;
  /** For the small print. */
  bottom: number;
  /** For the last key's label, which may reach beyond its column. */
  right: number;
}

const LEAST_LEFT = 28;
const MOST_LEFT = 160;
const MOST_TOP = 132;
/** The line with the names of the axes. */
export const AXIS_TITLE = 16;
const FLAT_TOP = AXIS_TITLE + 20;
const LABEL_GAP = 10;
const RIGHT = 12;
const BOTTOM = 4;
/** Above and below small print. */
const AROUND_SAID = 6;

/**
 * Margins that depend on the tokens, the container and what is always said alone, so that zooming never moves the drawing. `said`: the
 * height of small print that there is at any zoom, 0 for none.
 */
export function matrixMargins(
  container: { width: number; height: number },
  counts: { queries: number; keys: number },
  widestQuery: number,
  keyLabels: string[],
  keyWidths: number[],
  said = 0,
): Margins {
  const left = Math.ceil(Math.min(Math.max(widestQuery + LABEL_GAP, LEAST_LEFT), MOST_LEFT, container.width * 0.3));
  const flat = { left, top: FLAT_TOP, bottom: said > 0 ? said + AROUND_SAID : BOTTOM, right: RIGHT };
  const cell = fittedCell(roomInside(container, counts, flat)).key;
  if (!mustRotate(keyLabels, keyWidths, cell)) return flat;
  return {
    ...flat,
    top: AXIS_TITLE + Math.ceil(Math.min(widest(keyWidths) + LABEL_GAP, MOST_TOP, container.height * 0.35)),
  };
}

export function roomInside(
  container: { width: number; height: number },
  counts: { queries: number; keys: number },
  margins: Margins,
): Room {
  return {
    ...counts,
    width: Math.max(1, container.width - margins.left - margins.right),
    height: Math.max(1, container.height - margins.top - margins.bottom),
  };
}
