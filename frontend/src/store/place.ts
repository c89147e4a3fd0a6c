/** What the user looks at: everything that a link to the page carries. */

import type { Combination, Mapping, TextLayout, Viewport } from "../attention/types";
import { MEASURES } from "../wire/schema.gen";

export type Measure = (typeof MEASURES)[number];

export const VIEWS = ["attention"] as const;
export type View = (typeof VIEWS)[number];

/** null stands for "not chosen": the page then chooses, and says what. */
export interface Place {
  view: View;
  runs: string[] | null;
  /** Name of the probe example. */
  example: string | null;
  /** Key of the focused layer, see `layerKey`. */
  layer: string | null;
  /** The focused head. */
  head: number | null;
  /** Rising indices of the heads that are drawn together; holds `head`. */
  heads: number[] | null;
  /** null: the newest, and every newer one to come. */
  step: number | null;
  mapping: Mapping;
  /** Whether special and padding tokens are hidden. */
  hide: boolean;
  combine: Combination;
  /** The pinned query. */
  pin: number | null;
  measure: Measure;
  layout: TextLayout;
  viewport: Viewport | null;
}

export const START: Readonly<Place> = {
  view: "attention",
  runs: null,
  example: null,
  layer: null,
  head: null,
  heads: null,
  step: null,
  mapping: "square root",
  hide: false,
  combine: "each",
  pin: null,
  measure: MEASURES[0],
  layout: "columns",
  viewport: null,
};
