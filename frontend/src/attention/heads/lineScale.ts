/** One scale for the lines of a measure in all rows, so that heads can be compared. */
export interface LineScale {
  least: number;
  most: number;
}

export function lineScale(lines: readonly (ArrayLike<number> | null)[]): LineScale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const line of lines) {
    for (let at = 0; at < (line?.length ?? 0); at++) {
      const value = line?.[at] as number;
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  // From 0, unless some are below: a line that is high is one of much.
  return least > most
    ? { least: 0, most: 1 }
    : { least: Math.min(0, least), most: most > Math.min(0, least) ? most : 1 };
}
