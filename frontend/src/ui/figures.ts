/** Numbers as they stand beside texts: three significant digits. */

import { grouped, rounded } from "../language/numbers";

export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return size >= 1e6 ? value.toExponential(1) : grouped(value);
  return size < 1e-3 ? value.toExponential(1) : rounded(value);
}
