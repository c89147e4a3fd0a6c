import { phrases } from "./language";
import type { HeadMatrix } from "./record/matrix";

const NAN_CODE = 1;

/** float64 [256]: the share of its row's scale that each level stands for. */
export const LEVEL_SHARES = Float64Array.from({ length: 256 }, (_, level) => (level / 255) ** 2);

/** The weight that query `i` gives to key `j`; NaN or infinite where the model computed that. */
export function weightAt(matrix: HeadMatrix, i: number, j: number): number {
  const cell = i * matrix.keys + j;
  const invalid = matrix.invalid?.[cell] ?? 0;
  const sign = matrix.negative?.[cell] ? -1 : 1;
  if (invalid !== 0) return invalid === NAN_CODE ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (matrix.scale[i] ?? 0) * (LEVEL_SHARES[matrix.levels[cell] ?? 0] as number);
}

/** Whether a weight is known; else it is at most what the matrix says. */
export function isKnown({ known, keys }: HeadMatrix, i: number, j: number): boolean {
  return !known || known[i * keys + j] === 1;
}

/**
 * What the linear and the square-root mapping draw darkest: the largest weight, rounded up to 1, 2 or 5 times a power of ten, so that
 * colours mean the same from step to step and from run to run.
 */
export function darkestWeight(matrix: HeadMatrix): number {
  return roundedUp(largestWeight(matrix));
}

/** The next of 1, 2 or 5 times a power of ten. */
export function roundedUp(largest: number): number {
  if (largest === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(largest));
  // A hair of tolerance: a scale is stored up to 0.05 % above the weight it stands for.
  const factor = [1, 2, 5].find((step) => step * power * 1.001 >= largest) ?? 10;
  return Number((factor * power).toPrecision(1));
}

/** The largest finite weight of the head. */
export function largestWeight(matrix: HeadMatrix): number {
  let largest = 0;
  for (const scale of matrix.scale) if (scale > largest && Number.isFinite(scale)) largest = scale;
  return largest;
}

/** Returns by how much a drawn weight may differ from the true one: levels are stored in 255 steps of their row's largest. */
export function boundOf(matrix: HeadMatrix): number {
  return matrix.bound ?? largestWeight(matrix) / 255;
}

/** A bound in one significant digit, rounded up. */
export function shortBound(bound: number): string {
  if (!(bound > 0)) return "0";
  const power = 10 ** Math.floor(Math.log10(bound));
  const rounded = Math.ceil(bound / power - 1e-9) * power;
  return rounded < 1e-4 ? rounded.toExponential(0).replace("-", "−") : String(Number(rounded.toPrecision(1)));
}

/** A weight in three significant digits. */
export function formatWeight(weight: number): string {
  if (Number.isNaN(weight)) return phrases.NOT_A_NUMBER;
  if (!Number.isFinite(weight)) return phrases.INFINITE;
  if (weight === 0) return "0";
  const size = Math.abs(weight);
  const text = size < 1e-4 ? size.toExponential(2).replace("-", "−") : size.toPrecision(size < 0.001 ? 2 : 3);
  return weight < 0 ? `−${text}` : text;
}
