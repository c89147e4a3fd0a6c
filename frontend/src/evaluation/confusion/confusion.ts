/** What is of a class, and was taken for which. */

export interface Confusion {
  classes: number;
  /** Of what is of a class, row by row, the share that was taken for each; NaN where there is none of it. */
  shares: Float64Array;
  /** How much is of each class. */
  totals: Float64Array;
}

/** Returns the shares of a confusion matrix, row by row. */
export function sharesOf(counts: ArrayLike<number>, classes: number): Confusion {
  const totals = new Float64Array(classes);
  for (let at = 0; at < classes * classes; at++) {
    const row = Math.floor(at / classes);
    totals[row] = (totals[row] as number) + (counts[at] ?? 0);
  }
  return {
    classes,
    totals,
    shares: Float64Array.from({ length: classes * classes }, (_, at) => {
      const total = totals[Math.floor(at / classes)] as number;
      return total > 0 ? (counts[at] as number) / total : Number.NaN;
    }),
  };
}

/** Returns the cells that are mistakes, the most frequent first. */
export function mistakes(counts: ArrayLike<number>, classes: number, most: number): [right: number, said: number][] {
  return Array.from({ length: classes * classes }, (_, at) => at)
    .filter((at) => Math.floor(at / classes) !== at % classes && (counts[at] as number) > 0)
    .sort((one, other) => (counts[other] as number) - (counts[one] as number) || one - other)
    .slice(0, most)
    .map((at) => [Math.floor(at / classes), at % classes]);
}
