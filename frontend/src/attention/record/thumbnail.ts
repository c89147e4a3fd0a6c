import type { HeadMatrix, Thumbnail } from "./matrix";

/** A head in small, for layers that are small themselves and so have no stored thumbnail. Not finite is 0. */
export function thumbnailOf(matrix: HeadMatrix): Thumbnail {
  const { queries, keys, scale, invalid } = matrix;
  const levels = new Uint8Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const gain = Math.sqrt(scale[i] as number);
    for (let cell = i * keys; cell < (i + 1) * keys; cell++) {
      levels[cell] = invalid?.[cell] ? 0 : Math.min(255, Math.round((matrix.levels[cell] as number) * gain));
    }
  }
  return { rows: queries, columns: keys, levels };
}
