import type { HeadMatrix } from "../record/matrix";
import { isKnown, weightAt } from "../weights";

/** How much of a query's weight on the shown keys its lines stand for. */
export const DRAWN_SHARE = 0.9;

/** One line between a query and a key. */
export interface Ribbon {
  query: number;
  key: number;
  weight: number;
}

// Whole numbers, so that sums of thousands of small weights stay exact.
const SQUARED_LEVELS = Uint32Array.from({ length: 256 }, (_, level) => level * level);

/**
 * The strongest lines of one query: as few as make up `share` of its weight on the shown keys, and no more than `most`.
 * They come in the order of the keys.
 */
export function strongestRibbons(
  matrix: HeadMatrix,
  query: number,
  keys: number[],
  share = DRAWN_SHARE,
  most = Number.POSITIVE_INFINITY,
): Ribbon[] {
  const start = query * matrix.keys;
  const { levels, invalid, known } = matrix;
  const isDrawn = (key: number) => !invalid?.[start + key] && known?.[start + key] !== 0;
  const count = new Uint32Array(256);
  let mass = 0;
  for (const key of keys) {
    const level = isDrawn(key) ? (levels[start + key] as number) : 0;
    count[level] = (count[level] as number) + 1;
    mass += SQUARED_LEVELS[level] as number;
  }

  // Levels above `threshold` are drawn all, of the threshold itself only the first `atThreshold`.
  let wanted = share * mass;
  let left = most;
  let threshold = 255;
  let atThreshold = 0;
  for (; threshold > 0; threshold--) {
    const here = count[threshold] as number;
    const needed = Math.ceil(wanted / (SQUARED_LEVELS[threshold] as number) - 1e-9);
    atThreshold = Math.min(here, needed, left);
    if (needed <= here || left <= here) break;
    wanted -= here * (SQUARED_LEVELS[threshold] as number);
    left -= here;
  }

  const ribbons: Ribbon[] = [];
  for (const key of keys) {
    if (!isDrawn(key)) continue;
    const level = levels[start + key] as number;
    if (level < threshold || level === 0) continue;
    if (level === threshold && atThreshold-- <= 0) continue;
    ribbons.push({ query, key, weight: weightAt(matrix, query, key) });
  }
  return ribbons;
}

/** The strongest lines into one key: as few as make up `share` of the weight that it gets from the shown queries. */
export function strongestInto(matrix: HeadMatrix, key: number, queries: number[], share = DRAWN_SHARE): Ribbon[] {
  const ribbons = queries
    .map((query) => ({ query, key, weight: weightAt(matrix, query, key) }))
    .filter(({ query, weight }) => weight > 0 && Number.isFinite(weight) && isKnown(matrix, query, key))
    .sort((one, other) => other.weight - one.weight);
  let missing = share * ribbons.reduce((sum, { weight }) => sum + weight, 0);
  const enough = ribbons.findIndex(({ weight }) => {
    missing -= weight;
    return missing <= 0;
  });
  return ribbons.slice(0, enough + 1);
}
