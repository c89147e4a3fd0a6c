/** Records in words instead of tokens. */

import { type Word, wordsOf } from "../../tokens/merged";
import type { AttentionHeader, LayerHeader } from "../../wire/schema.gen";
import { mergeWords } from "../merge";
import type { HeadMatrix, Thumbnail } from "./matrix";
import type { LoadedRecord, Still } from "./record";
import { mergeable } from "./sides";
import { thumbnailOf } from "./thumbnail";

/** The words along the axes of a layer; null where nothing is merged. */
interface Sides {
  queries: readonly Word[] | null;
  keys: readonly Word[] | null;
}

/** Returns the record with axes, weights and small pictures in words; small pictures that were stored stay those of tokens. */
export function inWords(record: LoadedRecord): LoadedRecord {
  const sides = record.header.layers.map((layer) => sidesOf(record.header, layer));
  if (!sides.some(({ queries, keys }) => queries ?? keys)) return record;
  const focused = sides[record.layer];
  const matrices = [...record.matrices].map(([head, matrix]) => [head, merged(matrix, focused)] as const);
  return {
    ...record,
    header: headerInWords(record.header, sides),
    tokens: record.header,
    matrices: new Map(matrices),
    thumbnails: record.thumbnails.map((heads, layer) =>
      record.header.layers[layer]?.thumbnail ? heads : heads.map((head) => head && mergedThumbnail(head, sides[layer])),
    ),
  };
}

const known = new WeakMap<Still, Still>();

/** Returns the head in words where all its weights are there, else as it is. */
export function stillInWords(still: Still): Still {
  if (!still.matrix) return still;
  const found = known.get(still);
  if (found) return found;
  const sides = sidesOf(still.header, still.layer);
  const header = headerInWords(
    still.header,
    still.header.layers.map((layer) => sidesOf(still.header, layer)),
  );
  const layer = header.layers[still.header.layers.indexOf(still.layer)] ?? still.layer;
  const words = { ...still, header, layer, matrix: merged(still.matrix, sides) };
  known.set(still, words);
  return words;
}

function sidesOf(header: AttentionHeader, layer: LayerHeader): Sides {
  const along = (side: "query" | "key") => {
    const tokens = mergeable(header, layer, side);
    return tokens && wordsOf(tokens);
  };
  return { queries: along("query"), keys: along("key") };
}

function headerInWords(header: AttentionHeader, sides: readonly Sides[]): AttentionHeader {
  const axes = { ...header.axes };
  const layers = header.layers.map((layer, index): LayerHeader => {
    const { queries = null, keys = null } = sides[index] ?? {};
    if (queries) axes[layer.query_axis] = queries.map(({ text }) => text);
    if (keys) axes[layer.key_axis] = keys.map(({ text }) => text);
    return { ...layer, queries: queries?.length ?? layer.queries, keys: keys?.length ?? layer.keys };
  });
  return { ...header, axes, layers };
}

function merged(matrix: HeadMatrix, sides: Sides | undefined): HeadMatrix {
  return sides && (sides.queries ?? sides.keys) ? mergeWords(matrix, sides.queries, sides.keys) : matrix;
}

function mergedThumbnail({ rows, columns, levels }: Thumbnail, sides: Sides | undefined): Thumbnail {
  if (!sides?.queries && !sides?.keys) return { rows, columns, levels };
  const scale = new Float32Array(rows).fill(1);
  return thumbnailOf(merged({ queries: rows, keys: columns, levels, scale, invalid: null }, sides));
}
