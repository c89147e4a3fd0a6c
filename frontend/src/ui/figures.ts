/** Numbers as they stand beside texts: three significant digits, in fixed notation from 0.0001. */

import { grouped, rounded } from "../language/numbers";

const MOST_DIGITS = 6;

export function formatFigure(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const figure = textOf(Math.abs(value), digits);
  return value < 0 ? `−${figure}` : figure;
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
  if (Number.isInteger(size) || size >= 1000) return size >= 1e6 ? size.toExponential(digits - 2) : grouped(size);
  return size < 1e-4 ? size.toExponential(digits - 2).replace("-", "−") : rounded(size, digits);
}
