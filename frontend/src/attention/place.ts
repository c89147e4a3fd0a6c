/** What the user looks at in the attention view. */

import { index, indices, oneOf, type Parameters, unless, type Written } from "../store/parameters";
import { MEASURES } from "../wire/schema.gen";
import {
  COMBINATIONS,
  type Combination,
  MAPPINGS,
  type Mapping,
  type MatrixViewport,
  type Measure,
  TEXT_LAYOUTS,
  type TextLayout,
} from "./types";

/** null stands for "not chosen": the page then chooses, and says what. */
export interface AttentionPlace {
  /** Key of the focused layer, see `layerKey`. */
  layer: string | null;
  /** The focused head. */
  head: number | null;
  /** Rising indices of the heads that are drawn together; holds `head`. */
  heads: number[] | null;
  mapping: Mapping;
  /** Whether special and padding tokens are hidden. */
  hide: boolean;
  combine: Combination;
  /** The pinned query. */
  pin: number | null;
  measure: Measure;
  layout: TextLayout;
  viewport: MatrixViewport | null;
}

export const ATTENTION_START: Readonly<AttentionPlace> = {
  layer: null,
  head: null,
  heads: null,
  mapping: "square root",
  hide: false,
  combine: "each",
  pin: null,
  measure: MEASURES[0],
  layout: "columns",
  viewport: null,
};

export function readAttentionPlace(text: Parameters): AttentionPlace {
  const place: AttentionPlace = {
    layer: text("layer"),
    head: index(text("head")),
    heads: indices(text("heads")),
    mapping: oneOf(MAPPINGS, text("mapping")) ?? ATTENTION_START.mapping,
    hide: text("hide") === "1",
    combine: oneOf(COMBINATIONS, text("combine")) ?? ATTENTION_START.combine,
    pin: index(text("pin")),
    measure: oneOf(MEASURES, text("measure")) ?? ATTENTION_START.measure,
    layout: oneOf(TEXT_LAYOUTS, text("layout")) ?? ATTENTION_START.layout,
    viewport: null,
  };
  const [zoom, query, key] = (text("zoom") ?? "").split(",").map(Number);
  if (zoom && zoom > 1 && Number.isFinite(zoom) && query && query > 0 && key && key > 0) {
    place.viewport = { zoom, query, key };
  }
  if (place.head !== null && !place.heads?.includes(place.head)) place.heads = [place.head];
  return place;
}

export function writeAttentionPlace(place: AttentionPlace): Written {
  const { heads, viewport } = place;
  return {
    layer: place.layer,
    head: unless(null, place.head),
    heads: heads && heads.length > 1 ? heads.join(",") : null,
    mapping: unless(ATTENTION_START.mapping, place.mapping),
    hide: place.hide ? "1" : null,
    combine: unless(ATTENTION_START.combine, place.combine),
    pin: unless(null, place.pin),
    measure: unless(ATTENTION_START.measure, place.measure),
    layout: unless(ATTENTION_START.layout, place.layout),
    zoom: viewport && [viewport.zoom, viewport.query, viewport.key].map((part) => part.toFixed(2)).join(","),
  };
}
