/** What the user looks at in the embeddings view. */

import { index, joinList, oneOf, type Parameters, splitList, unless, type Written } from "../store/parameters";
import { shortName } from "./spelled";
import type { Word } from "./table";

export const METRICS = ["cosine", "euclidean"] as const;
/** What near means. */
export type Metric = (typeof METRICS)[number];

export const SPANS = ["whole", "near"] as const;
/** Which steps stand side by side: some of the whole training, or those up to A. */
export type Span = (typeof SPANS)[number];

export const RANKINGS = ["distance", "churn", "table"] as const;
/** What the words are listed by: how far they moved, how many of their neighbours are others, or as the table has them. */
export type Ranking = (typeof RANKINGS)[number];

/** null stands for "not chosen": the page then chooses. */
export interface EmbeddingsPlace {
  /** The label of the chosen word. */
  word: string | null;
  /** Its row, which tells apart words that are written alike. */
  row: number | null;
  /** Words whose ways are drawn on the map. */
  pins: Word[];
  /** What the words in the list begin with. */
  search: string;
  metric: Metric;
  span: Span;
  ranking: Ranking;
  /** The column that words are coloured by; "" for none. */
  colour: string | null;
}

export const EMBEDDINGS_START: Readonly<EmbeddingsPlace> = {
  word: null,
  row: null,
  pins: [],
  search: "",
  metric: "cosine",
  span: "whole",
  ranking: "distance",
  colour: null,
};

export function readEmbeddingsPlace(text: Parameters): EmbeddingsPlace {
  const pinRows = text("pinrows")?.split(",").map(index) ?? [];
  return {
    word: text("word"),
    row: index(text("row")),
    pins: (splitList(text("pins")) ?? []).map((label, at) => ({ label, row: pinRows[at] ?? 0 })),
    search: text("begin") ?? EMBEDDINGS_START.search,
    metric: oneOf(METRICS, text("metric")) ?? EMBEDDINGS_START.metric,
    span: oneOf(SPANS, text("span")) ?? EMBEDDINGS_START.span,
    ranking: oneOf(RANKINGS, text("ranking")) ?? EMBEDDINGS_START.ranking,
    colour: text("tint"),
  };
}

export function writeEmbeddingsPlace(place: EmbeddingsPlace): Written {
  return {
    word: place.word && shortName(place.word),
    row: unless(null, place.row),
    pins: place.pins.length > 0 ? joinList(place.pins.map(({ label }) => shortName(label))) : null,
    pinrows: place.pins.length > 0 ? place.pins.map(({ row }) => row).join(",") : null,
    begin: unless(EMBEDDINGS_START.search, place.search),
    metric: unless(EMBEDDINGS_START.metric, place.metric),
    span: unless(EMBEDDINGS_START.span, place.span),
    ranking: unless(EMBEDDINGS_START.ranking, place.ranking),
    tint: place.colour,
  };
}
