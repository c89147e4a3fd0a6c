/** How long the bars of a measure are. */

/** Every `columns`-th of the values, from the `column`-th on. */
export interface Column {
  values: Float32Array;
  column: number;
  columns: number;
}

export interface BarScale {
  isLogarithmic: boolean;
  /** Returns the share of the longest bar, 0 to 1; NaN for what is no number. */
  shareOf(value: number): number;
}

/** From here on the small ones would be no bars. */
const WIDE = 100;

/** Returns one scale for all values: in proportion, or from the least to the most in equal ratios where they lie far apart. */
export function barScale(columns: readonly Column[]): BarScale {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { values, column, columns: stride } of columns)
    for (let at = column; at < values.length; at += stride) {
      const value = values[at] as number;
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, Math.abs(value));
    }
  const isLogarithmic = least > 0 && most / least > WIDE;
  const share = (value: number) => {
    if (isLogarithmic) return Math.log(value / least) / Math.log(most / least);
    return most > 0 ? Math.abs(value) / most : 0;
  };
  return { isLogarithmic, shareOf: (value) => Math.max(0, Math.min(1, share(value))) };
}
