/** What each cell of the wall shows. */

import { type Measures, measureLine, rangeOf } from "../../store/measures";
import type { Hiding } from "../../tokens/tokens";
import type { LayerHeader } from "../../wire/schema.gen";
import { axesOf } from "../focus";
import { firstHeadOf } from "../record/layers";
import type { LoadedRecord } from "../record/record";
import type { Measure } from "../types";
import { type HeadPicture, type Stretch, stretchOf, type WallCell } from "./paintWall";
import type { WallHeads } from "./wallRows";

const WHOLE: Stretch = { from: 0, to: 1 };

/** What the wall needs of a record. */
export type InSmall = Pick<LoadedRecord, "header" | "tokens" | "thumbnails">;

export function wallCells(
  record: InSmall,
  rows: readonly WallHeads[],
  measures: Measures | null,
  measure: Measure,
  hide: Hiding,
): WallCell[][] {
  const { header } = record;
  const total = firstHeadOf(header, header.layers.length);
  // Measures of another number of heads are those of other layers.
  const known = measures?.rows === total ? measures : null;
  const [least, most] = known ? rangeOf(known, measure) : [0, 1];
  const lineOf = (row: number) =>
    (known && measureLine(known, row, measure)?.map((value) => (value - least) / (most - least))) ?? null;
  const pictureOf = headPictures(record, hide);
  return rows.map(({ heads }) =>
    heads.map(({ layer, head }) => ({
      ...pictureOf(layer, head),
      line: lineOf(firstHeadOf(header, layer) + head),
    })),
  );
}

/** Returns a function of layer and head that gives the head in small, without the positions that are left out. */
export function headPictures(
  { header, tokens, thumbnails }: InSmall,
  hide: Hiding,
): (layer: number, head: number) => HeadPicture {
  const stretches = header.layers.map((shown: LayerHeader, index) => {
    const of = shown.thumbnail && tokens ? tokens : header;
    const layer = of.layers[index] ?? shown;
    const { queries, keys } = axesOf({ header: of }, layer, hide);
    return { queries: stretchOf(queries.shown, layer.queries), keys: stretchOf(keys.shown, layer.keys) };
  });
  return (layer, head) => ({
    thumbnail: thumbnails[layer]?.[head] ?? null,
    ...(stretches[layer] ?? { queries: WHOLE, keys: WHOLE }),
  });
}
