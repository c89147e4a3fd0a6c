/** Numbers as they stand beside texts: three significant digits, in fixed notation from 0.0001. */

import { grouped, precise, rounded } from "../language/numbers";

const MOST_DIGITS = 6;
/** Smaller ones have an exponent. */
export const LEAST_FIXED = 1e-4;

export function formatFigure(value: number, digits = 3): string {
  return written(value, digits, rounded);
}

/** Returns a figure that stands above and below others, its ending zeros among its digits: "2.90" above "2.89"; a whole number as it is. */
export function formatInColumn(value: number): string {
  return written(value, 3, precise);
}

/** Returns the largest and the smallest of some values, in as many digits as tell them apart; one figure where none do. */
export function formatExtremes(most: number, least: number): [most: string, least?: string] {
  for (let digits = 3; digits <= MOST_DIGITS; digits++) {
    const [high, low] = [formatFigure(most, digits), formatFigure(least, digits)];
    if (high !== low) return [high, low];
  }
  return [formatFigure(most)];
}

/** Returns a figure with its sign; `inFull` writes what is neither whole nor large nor tiny. */
function written(value: number, digits: number, inFull: (size: number, digits: number) => string): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const figure = textOf(Math.abs(value), digits, inFull);
  return value < 0 ? `−${figure}` : figure;
}

function textOf(size: number, digits: number, inFull: (size: number, digits: number) => string): string {
  if (Number.isInteger(size) || Number(size.toPrecision(digits)) >= 1000)
    return size >= 1e6 ? size.toExponential(digits - 2) : grouped(size);
  return size < LEAST_FIXED ? size.toExponential(digits - 2).replace("-", "−") : inFull(size, digits);
}
