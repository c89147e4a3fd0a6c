/** Values of measures as they stand in the table, those of a column to as many decimals as can be told apart. */

import { formatFigure, LEAST_FIXED } from "../../ui/figures";
import { largestOf } from "./measures";

export function formatMeasure(measure: string, value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1000 || (size > 0 && size < LEAST_FIXED)) return formatFigure(value);
  const decimals = size > 0 && size < 0.001 ? 4 : decimalsOf(largestOf(measure) ?? size);
  return value.toFixed(decimals).replace("-", "−");
}

/** Returns A − B with its sign; "" where that is not known. */
export function formatDifference(measure: string, value: number): string {
  if (Number.isNaN(value)) return "";
  return value > 0 ? `+${formatMeasure(measure, value)}` : formatMeasure(measure, value);
}

function decimalsOf(size: number): number {
  if (size > 10) return 1;
  return size > 1 ? 2 : 3;
}
