import { widest } from "../../tokens/labels";
import type { AxisWindow } from "./viewport";

export const LINE_HEIGHT = 11;
const GAP = 6;
/** Less between letters: single characters, as character models have, lie flat in narrow cells. */
const LETTER_GAP = 1;
/** The share of labels that may be cut so that the others lie flat. */
const MOST_CUT = 0.1;
const NICE = [1, 2, 5];

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`, which is above 0. */
export function niceStride(least: number): number {
  for (let power = 10 ** Math.floor(Math.log10(least)); ; power *= 10) {
    // Powers below 1 are not exact.
    for (const step of NICE) if (step * power >= least * (1 - 1e-9)) return Number((step * power).toPrecision(3));
  }
}

/** Whether all labels are bare numbers: positions or time rather than tokens. */
function areNumbers(labels: string[]): boolean {
  return labels.every((label) => /^\d+(?:\.\d+)?$/.test(label));
}

/**
 * Whether the labels above the columns must be rotated: they do not fit side by side. A few long ones among short ones are
 * cut instead. Numbers lie flat all the same, because the left out ones can be told from their neighbours.
 */
export function mustRotate(labels: string[], widths: number[], cell: number): boolean {
  return cell < flatFrom(labels, widths);
}

/** Returns the length of a cell from which on labels above the columns lie flat. */
export function flatFrom(labels: string[], widths: number[]): number {
  if (areNumbers(labels)) return 0;
  const rising = Float64Array.from(widths).sort();
  const widestUncut = rising.at(-1 - Math.floor(MOST_CUT * widths.length)) ?? 0;
  return widestUncut + LETTER_GAP;
}

/** What flat labels need along the axis: numbers their width, words, which fit or are cut, their cell. */
export function flatExtent(labels: string[], widths: number[]): number {
  return areNumbers(labels) ? widest(widths) + GAP : 0;
}

/**
 * The cells that get a label, so that no two labels touch. They are multiples of one stride, so that panning moves labels
 * and never exchanges them.
 *
 * `extent` is what a label needs along the axis: its line height on the left or when rotated, its width when flat.
 * Cells in `always` have their label in any case; others make room for them.
 */
export function tickCells(axis: AxisWindow, extent: number, always: number[] = []): number[] {
  const stride = niceStride(Math.max(1, extent / axis.cell));
  const last = Math.min(axis.cells - 1, Math.ceil(axis.start + axis.length / axis.cell) - 1);
  const cells = always.filter((cell) => isInSight(axis, cell));
  const isFree = (cell: number) =>
    always.every((other) => other !== cell && Math.abs(cell - other) * axis.cell >= extent);
  for (let cell = Math.ceil(Math.floor(axis.start) / stride) * stride; cell <= last; cell += stride) {
    if (isInSight(axis, cell) && isFree(cell)) cells.push(cell);
  }
  return cells;
}

export function isInSight(axis: AxisWindow, cell: number): boolean {
  const middle = (cell + 0.5 - axis.start) * axis.cell;
  return middle >= 0 && middle <= axis.length;
}
