/** Norms against how often words occur, as points of a plot. */

/** From which norm to which a plot goes. */
export interface NormRange {
  bottom: number;
  top: number;
}

/** What stands on the abscissa: frequencies, or rows; on a logarithmic scale, what is 0 apart at its left. */
export interface Abscissa {
  /** The least above 0, and the greatest; 1 and 1 where none is above 0. */
  from: number;
  to: number;
  hasZero: boolean;
}

const MARGIN = 4;
/** Between what is 0 and what is above it, in CSS pixels. */
const ZERO_GAP = 24;
const MOST_TICKS = 5;

export function abscissaOf(xs: ArrayLike<number>): Abscissa {
  let [from, to, hasZero] = [Infinity, -Infinity, false];
  for (let at = 0; at < xs.length; at++) {
    const x = xs[at] as number;
    if (x === 0) hasZero = true;
    if (x > 0 && Number.isFinite(x)) [from, to] = [Math.min(from, x), Math.max(to, x)];
  }
  return from > to ? { from: 1, to: 1, hasZero } : { from, to, hasZero };
}

/** Returns the range of finite norms, widened to what it was at steps before, so that nothing jumps; `before` itself where that is wide enough. */
export function normRange(norms: Float32Array, before: NormRange | null): NormRange {
  let { bottom, top } = before ?? { bottom: Infinity, top: -Infinity };
  for (const norm of norms) if (Number.isFinite(norm)) [bottom, top] = [Math.min(bottom, norm), Math.max(top, norm)];
  return before?.bottom === bottom && before.top === top ? before : { bottom, top };
}

/** Returns where a value stands on the abscissa, in CSS pixels; NaN where it has no logarithm. */
export function acrossOf(x: number, { from, to, hasZero }: Abscissa, width: number): number {
  if (x === 0 && hasZero) return MARGIN;
  if (!(x > 0) || !Number.isFinite(x)) return Number.NaN;
  const left = MARGIN + (hasZero ? ZERO_GAP : 0);
  const share = to > from ? Math.log(x / from) / Math.log(to / from) : 0.5;
  return left + share * (width - MARGIN - left);
}

/** Returns values to name on the abscissa, rising: powers of ten, or where there are not two of them its ends. */
export function ticksOf({ from, to, hasZero }: Abscissa): number[] {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const every = Math.ceil((last - first + 1) / MOST_TICKS);
  const powers: number[] = [];
  // Numbers such as 1e-3 are read, since their products are not exact.
  for (let power = first; power <= last; power += every) powers.push(Number(`1e${power}`));
  const positive = powers.length > 1 ? powers : [...new Set([from, to])];
  return hasZero ? [0, ...positive] : positive;
}

/** Returns the points on the screen, [x, y, x, y, ...]; NaN where something is unknown. */
export function normPoints(
  xs: ArrayLike<number>,
  norms: Float32Array,
  abscissa: Abscissa,
  { bottom, top }: NormRange,
  width: number,
  height: number,
): Float32Array {
  const points = new Float32Array(2 * xs.length);
  for (let row = 0; row < xs.length; row++) {
    const share = top > bottom ? ((norms[row] as number) - bottom) / (top - bottom) : 0.5;
    points[2 * row] = acrossOf(xs[row] as number, abscissa, width);
    points[2 * row + 1] = height - MARGIN - share * (height - 2 * MARGIN);
  }
  return points;
}
