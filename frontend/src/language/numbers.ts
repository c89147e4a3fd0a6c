/** Numbers as they stand in texts. Written out, since what draws outside of a browser knows no `Intl`. */

/** Units of counts, each so many times the one before. */
export interface Units {
  names: readonly string[];
  times: number;
}

export const ENGLISH_UNITS: Units = { names: ["", "K", "M", "B", "T"], times: 1000 };
export const CHINESE_UNITS: Units = { names: ["", "万", "亿", "万亿"], times: 10_000 };

const DIGITS = 3;

/** Returns a number without its fraction and with its thousands apart, such as "12,345". */
export function grouped(value: number): string {
  return String(Math.sign(value) * Math.round(Math.abs(value))).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a number of less than a thousand to some significant digits, such as "0.125". */
export function rounded(value: number, digits = DIGITS): string {
  return String(Number(value.toPrecision(digits)));
}

/** Returns a number above 0 and below a thousand in some significant digits, be they zeros, such as "0.120" or "12.0". */
export function precise(value: number, digits: number): string {
  const nearest = Number(value.toPrecision(digits));
  return nearest.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(nearest))));
}

/** Returns a count in three significant digits and a unit, such as "1.24M". */
export function compact(count: number, { names, times }: Units): string {
  const value = Number(count.toPrecision(DIGITS));
  const unit = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log10(value) / Math.log10(times))));
  return `${Number((value / times ** unit).toPrecision(DIGITS))}${names[unit]}`;
}
