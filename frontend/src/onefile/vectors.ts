/** Neighbours and movement of words, as the server computes them (`records/embeddings/neighbours.py`), in plain loops. */

export interface Vectors {
  rows: number;
  dimensions: number;
  /** float32 [rows, dimensions]. */
  data: Float32Array;
}

export type Metric = "cosine" | "euclidean";

export function length({ data, dimensions }: Vectors, row: number): number {
  let sum = 0;
  for (let at = row * dimensions, end = at + dimensions; at < end; at++) sum += (data[at] as number) ** 2;
  return Math.sqrt(sum);
}

/** Returns how far each vector is from the same one among others; NaN where these are of another shape. */
export function moved(now: Vectors, before: Vectors): Float32Array {
  const isAlike = now.rows === before.rows && now.dimensions === before.dimensions;
  return Float32Array.from({ length: now.rows }, (_, row) => {
    if (!isAlike) return Number.NaN;
    let sum = 0;
    for (let at = row * now.dimensions, end = at + now.dimensions; at < end; at++)
      sum += ((now.data[at] as number) - (before.data[at] as number)) ** 2;
    return Math.sqrt(sum);
  });
}

export interface Neighbour {
  row: number;
  /** Similarity, or distance. */
  value: number;
}

/** Returns the nearest to one vector among all others; a vector that is not finite is nobody's neighbour, and has none. */
export function nearest(
  vectors: Vectors,
  lengths: ArrayLike<number>,
  of: number,
  count: number,
  metric: Metric,
): Neighbour[] {
  const { data, dimensions, rows } = vectors;
  if (!Number.isFinite(lengths[of])) return [];
  const isCosine = metric === "cosine";
  const found: Neighbour[] = [];
  for (let row = 0; row < rows; row++) {
    if (row === of || !Number.isFinite(lengths[row])) continue;
    let sum = 0;
    for (let here = of * dimensions, there = row * dimensions, end = here + dimensions; here < end; here++, there++) {
      const [one, other] = [data[here] as number, data[there] as number];
      sum += isCosine ? one * other : (one - other) ** 2;
    }
    const size = (lengths[of] as number) * (lengths[row] as number);
    const value = isCosine ? sum / (size > 0 ? size : 1) : Math.sqrt(sum);
    const last = found[count - 1];
    const isNearer = (other: Neighbour) => (isCosine ? value > other.value : value < other.value);
    if (last && !isNearer(last)) continue;
    const at = found.findIndex(isNearer);
    found.splice(at < 0 ? found.length : at, 0, { row, value });
    found.length = Math.min(found.length, count);
  }
  return found;
}

/** Returns up to `most` places among `count`, evenly spread from the first to the last. */
export function spread(count: number, most: number): number[] {
  const wanted = Math.min(count, most);
  if (wanted === 1) return [0];
  return Array.from({ length: wanted }, (_, at) => Math.round((at * (count - 1)) / (wanted - 1)));
}
