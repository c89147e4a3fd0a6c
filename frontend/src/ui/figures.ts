/** Numbers as they stand beside texts: three significant digits. */

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return size >= 1e6 ? value.toExponential(1) : whole.format(value);
  return size < 1e-3 ? value.toExponential(1) : short.format(value);
}
