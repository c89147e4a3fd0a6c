/** Numbers as they stand in English texts. Written out, since what draws outside of a browser knows no `Intl`. */

const UNITS = ["", "K", "M", "B", "T"] as const;
const DIGITS = 3;

/** Returns a number without its fraction and with its thousands apart, such as "12,345". */
export function grouped(value: number): string {
  return String(Math.sign(value) * Math.round(Math.abs(value))).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a number of less than a thousand to three significant digits, such as "0.125". */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

/** Returns a count in three significant digits and a unit, such as "1.24M". */
export function compact(count: number): string {
  const value = Number(count.toPrecision(DIGITS));
  const unit = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3)));
  return `${Number((value / 1000 ** unit).toPrecision(DIGITS))}${UNITS[unit]}`;
}
