/** Norms against how often words occur, as points of a plot. */

export interface NormScale {
  /** Logarithms to base 10 of the least and the greatest abscissa. */
  from: number;
  to: number;
  /** The norm at the upper edge; the lower one is 0. */
  top: number;
}

/** Returns what stands on the abscissa, on a logarithmic scale: frequencies from 1 on, or rows counted from 1. */
export function abscissae(frequencies: Float64Array | null, places: ArrayLike<number>): Float64Array {
  return Float64Array.from(places, (place, row) => Math.max(1, frequencies ? (frequencies[row] as number) : place + 1));
}

/** Returns the scale of a plot; `top` is the greatest norm so far, so that nothing jumps down as the step changes. */
export function normScale(xs: Float64Array, norms: Float32Array, top: number): NormScale {
  let [from, to] = [Infinity, -Infinity];
  for (const x of xs) {
    if (Number.isNaN(x)) continue;
    [from, to] = [Math.min(from, Math.log10(x)), Math.max(to, Math.log10(x))];
  }
  const greatest = norms.reduce((most, norm) => (Number.isFinite(norm) && norm > most ? norm : most), top);
  return from > to ? { from: 0, to: 1, top: greatest || 1 } : { from, to, top: greatest || 1 };
}

/** Returns the points on the screen, [x, y, x, y, ...]; NaN where something is unknown. */
export function normPoints(
  xs: Float64Array,
  norms: Float32Array,
  { from, to, top }: NormScale,
  width: number,
  height: number,
): Float32Array {
  const margin = 4;
  const points = new Float32Array(2 * xs.length);
  xs.forEach((x, row) => {
    const share = to > from ? (Math.log10(x) - from) / (to - from) : 0.5;
    points[2 * row] = margin + share * (width - 2 * margin);
    points[2 * row + 1] = height - margin - ((norms[row] as number) / top) * (height - 2 * margin);
  });
  return points;
}
