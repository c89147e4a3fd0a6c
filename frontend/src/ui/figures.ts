/** Numbers as they stand beside texts: three significant digits, in fixed notation from 0.0001. */

import { grouped, precise, rounded } from "../language/numbers";

const MOST_DIGITS = 6;
const LEAST_FIXED = 1e-4;

export function formatFigure(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const figure = textOf(Math.abs(value), digits);
  return value < 0 ? `−${figure}` : figure;
}

/** Returns a figure that stands above and below others, its ending zeros among its digits: "2.90" above "2.89"; a whole number as it is. */
export function formatInColumn(value: number): string {
  const size = Math.abs(value);
  const isLong = !(size >= LEAST_FIXED && size < 999.5);
  return isLong || Number.isInteger(size) ? formatFigure(value) : `${value < 0 ? "−" : ""}${precise(size)}`;
}

/** Returns the largest and the smallest of some values, in as many digits as tell them apart; one figure where none do. */
export function formatExtremes(most: number, least: number): [most: string, least?: string] {
  for (let digits = 3; digits <= MOST_DIGITS; digits++) {
    const [high, low] = [formatFigure(most, digits), formatFigure(least, digits)];
    if (high !== low) return [high, low];
  }
  return [formatFigure(most)];
}

function textOf(size: number, digits: number): string {
  if (Number.isInteger(size) || Number(size.toPrecision(digits)) >= 1000)
    return size >= 1e6 ? size.toExponential(digits - 2) : grouped(size);
  return size < LEAST_FIXED ? size.toExponential(digits - 2).replace("-", "−") : rounded(size, digits);
}
