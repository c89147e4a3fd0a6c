/** What the user looks at in the attention view. */

import { index, indices, oneOf, type Parameters, unless, type Written } from "../store/parameters";
import { HIDINGS, type Hiding } from "../tokens/tokens";
import { MEASURES } from "../wire/schema.gen";
import {
  COMBINATIONS,
  type Combination,
  LEVELS,
  type Level,
  MAPPINGS,
  type Mapping,
  type MatrixViewport,
  type Measure,
  OVERLAYS,
  type Overlay,
  QUANTITIES,
  type Quantity,
  RANGES,
  type Range,
  SHAPES,
  type Shape,
  SORTS,
  type Sort,
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
  range: Range;
  /** Which tokens are left out. */
  hide: Hiding;
  combine: Combination;
  level: Level;
  quantity: Quantity;
  /** How weights lie over an image. */
  overlay: Overlay;
  /** The pinned query, a token or a word. */
  pin: number | null;
  measure: Measure;
  sort: Sort;
  viewport: MatrixViewport | null;
  /** What the table of heads is sorted by; null: the picture is shown. */
  table: string | null;
  shape: Shape;
  /** What heads are looked for in it. */
  find: string;
  /** What the heads in it do, a pattern; "" for whatever they do. */
  pattern: string;
}

export const ATTENTION_START: Readonly<AttentionPlace> = {
  layer: null,
  head: null,
  heads: null,
  mapping: "square root",
  range: "all",
  hide: "padding",
  combine: "each",
  level: "tokens",
  quantity: "weights",
  overlay: "smooth",
  pin: null,
  measure: MEASURES[0],
  sort: "layer",
  viewport: null,
  table: null,
  shape: "table",
  find: "",
  pattern: "",
};

export function readAttentionPlace(text: Parameters): AttentionPlace {
  const place: AttentionPlace = {
    layer: text("layer"),
    head: index(text("head")),
    heads: indices(text("heads")),
    mapping: oneOf(MAPPINGS, text("mapping")) ?? ATTENTION_START.mapping,
    range: oneOf(RANGES, text("range")) ?? ATTENTION_START.range,
    hide: readHiding(text("hide")),
    combine: oneOf(COMBINATIONS, text("combine")) ?? ATTENTION_START.combine,
    level: oneOf(LEVELS, text("level")) ?? ATTENTION_START.level,
    quantity: oneOf(QUANTITIES, text("quantity")) ?? ATTENTION_START.quantity,
    overlay: oneOf(OVERLAYS, text("overlay")) ?? ATTENTION_START.overlay,
    pin: index(text("pin")),
    measure: oneOf(MEASURES, text("measure")) ?? ATTENTION_START.measure,
    sort: oneOf(SORTS, text("sort")) ?? ATTENTION_START.sort,
    viewport: null,
    table: text("headtable"),
    shape: oneOf(SHAPES, text("headshape")) ?? ATTENTION_START.shape,
    find: text("headfind") ?? "",
    pattern: text("headpattern") ?? "",
  };
  const [zoom, query, key] = (text("zoom") ?? "").split(",").map(Number);
  if (zoom && zoom > 1 && Number.isFinite(zoom) && query && query > 0 && key && key > 0) {
    place.viewport = { zoom, query, key };
  }
  if (place.head !== null && !place.heads?.includes(place.head)) place.heads = [place.head];
  return place;
}

function readHiding(text: string | null): Hiding {
  // Links of before say that special tokens are hidden.
  return text === "1" ? "special" : (oneOf(HIDINGS, text) ?? ATTENTION_START.hide);
}

/** What of a place has the same name in a link. */
const CHOICES = [
  "mapping",
  "range",
  "hide",
  "combine",
  "level",
  "quantity",
  "overlay",
  "measure",
  "sort",
] as const satisfies (keyof AttentionPlace)[];

export function writeAttentionPlace(place: AttentionPlace): Written {
  const { heads, viewport } = place;
  return {
    layer: place.layer,
    head: unless(null, place.head),
    heads: heads && heads.length > 1 ? heads.join(",") : null,
    ...Object.fromEntries(CHOICES.map((name) => [name, unless(ATTENTION_START[name], place[name])])),
    pin: unless(null, place.pin),
    headtable: place.table,
    headshape: unless(ATTENTION_START.shape, place.shape),
    headfind: place.find || null,
    headpattern: place.pattern || null,
    zoom: viewport && [viewport.zoom, viewport.query, viewport.key].map((part) => part.toFixed(2)).join(","),
  };
}
