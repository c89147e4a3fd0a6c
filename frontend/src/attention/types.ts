/** What the drawing components take: axes, what the user can choose, and the properties of each component. */

import type { Theme } from "../draw/inks";
import type { MEASURES, Role } from "../wire/schema.gen";
import type { HeadMatrix, Thumbnail } from "./record/matrix";

export type Measure = (typeof MEASURES)[number];

export const MAPPINGS = ["linear", "square root", "per row"] as const;
export type Mapping = (typeof MAPPINGS)[number];

export const COMBINATIONS = ["each", "mean", "max"] as const;
export type Combination = (typeof COMBINATIONS)[number];

/** "columns": one token per row, queries left, keys right. "lines": two lines of text, queries above keys. */
export const TEXT_LAYOUTS = ["columns", "lines"] as const;
export type TextLayout = (typeof TEXT_LAYOUTS)[number];

/** What is under the pointer, as indices into the original axes. */
export interface Hover {
  query: number | null;
  key: number | null;
}

export interface Axis {
  /** One per position; bare positions are spelled as numbers. */
  tokens: string[];
  /** Rising indices of the tokens that the user has not hidden. */
  shown: number[];
}

/** The part of a matrix in sight. It names cells, not pixels, so that it survives a resize and fits into a URL. */
export interface MatrixViewport {
  /** Magnification over the fitted drawing, at least 1. */
  zoom: number;
  /** Centre along the shown queries, in cells from the top. */
  query: number;
  /** Centre along the shown keys, in cells from the left. */
  key: number;
}

/** One layer in the overview. */
export interface OverviewRow {
  path: string;
  role: Role;
  call: number;
  /** One per head; null while it is not loaded. */
  thumbnails: (Thumbnail | null)[];
  /** One per head: a measure between 0 and 1 over the steps, NaN where it is missing; null while it is not loaded. */
  lines: (Float32Array | null)[];
  /** Where the current step is in `lines`; -1 if it is in none. */
  stepIndex: number;
  /** Small print for this layer; may be "". */
  note: string;
}

/** One of several heads that the text view overlays. */
export interface ColouredHead {
  head: number;
  colour: string;
  matrix: HeadMatrix;
}

export interface MatrixProps {
  matrix: HeadMatrix;
  queryAxis: Axis;
  keyAxis: Axis;
  mapping: Mapping;
  theme: Theme;
  hover: Hover;
  /** The pinned query. */
  pinned: number | null;
  /** null: the whole matrix. */
  viewport: MatrixViewport | null;
  /** Drawn pale while something newer is on its way. */
  dimmed: boolean;
  /** Names the drawing for a screen reader, such as "decoder/attention, head 3". */
  label: string;
  onhover(hover: Hover): void;
  onpin(query: number | null): void;
  onviewport(viewport: MatrixViewport | null): void;
}

export interface OverviewProps {
  rows: OverviewRow[];
  /** `layer` is an index into `rows`. */
  selected: { layer: number; head: number };
  theme: Theme;
  onselect(layer: number, head: number): void;
}

export interface TextViewProps {
  heads: ColouredHead[];
  queryAxis: Axis;
  keyAxis: Axis;
  queryTitle: string;
  keyTitle: string;
  layout: TextLayout;
  theme: Theme;
  hover: Hover;
  pinned: number | null;
  onhover(hover: Hover): void;
  onpin(query: number | null): void;
}

export interface HeadPickerProps {
  heads: number;
  /** Rising indices of the heads that are drawn. */
  active: number[];
  /** One per head; see `headColours`. */
  colours: string[];
  combine: Combination;
  ontoggle(head: number): void;
  /** Called with the only active head too: show all again. */
  onisolate(head: number): void;
  oncombine(combine: Combination): void;
}

export interface LegendProps {
  mapping: Mapping;
  theme: Theme;
  /** The weight drawn darkest; see `darkestWeight`. */
  maximum: number;
}
