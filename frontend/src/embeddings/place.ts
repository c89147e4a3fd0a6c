/** What the user looks at in the embeddings view. */

import { index, joinList, oneOf, type Parameters, splitList, unless, type Written } from "../store/parameters";
import { shortName, type Word } from "./table";

export const METRICS = ["cosine", "euclidean"] as const;
/** What near means. */
export type Metric = (typeof METRICS)[number];

export const SPANS = ["whole", "near"] as const;
/** Which steps stand side by side: some of the whole training, or those up to the cursor. */
export type Span = (typeof SPANS)[number];

export const ORIGINS = ["first", "before"] as const;
/** Since when movement is measured: the first step, or the one before. */
export type Origin = (typeof ORIGINS)[number];

export const RANKINGS = ["distance", "churn"] as const;
/** What the words that changed most are ranked by. */
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
  origin: Origin;
  ranking: Ranking;
}

export const EMBEDDINGS_START: Readonly<EmbeddingsPlace> = {
  word: null,
  row: null,
  pins: [],
  search: "",
  metric: "cosine",
  span: "whole",
  origin: "first",
  ranking: "distance",
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
    origin: oneOf(ORIGINS, text("since")) ?? EMBEDDINGS_START.origin,
    ranking: oneOf(RANKINGS, text("ranking")) ?? EMBEDDINGS_START.ranking,
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
    since: unless(EMBEDDINGS_START.origin, place.origin),
    ranking: unless(EMBEDDINGS_START.ranking, place.ranking),
  };
}
