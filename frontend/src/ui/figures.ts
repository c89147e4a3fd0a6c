/** Numbers as they stand beside texts: three significant digits, in fixed notation from 0.0001. */

import { grouped, rounded } from "../language/numbers";

export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const figure = textOf(size);
  return value < 0 ? `−${figure}` : figure;
}

function textOf(size: number): string {
  if (Number.isInteger(size) || size >= 1000) return size >= 1e6 ? size.toExponential(1) : grouped(size);
  return size < 1e-4 ? size.toExponential(1).replace("-", "−") : rounded(size);
}
