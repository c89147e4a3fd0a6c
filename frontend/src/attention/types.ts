/** What the drawing components take: axes, what the user can choose, and the properties of each component. */

import type { Theme } from "../draw/inks";
import { type AxisUnit, MEASURES } from "../wire/schema.gen";
import type { HeadMatrix } from "./record/matrix";

export type Measure = (typeof MEASURES)[number];

export const MAPPINGS = ["linear", "square root", "per row"] as const;
export type Mapping = (typeof MAPPINGS)[number];

export const OF_HEADS = ["each", "mean", "max"] as const;
export const COMBINATIONS = [...OF_HEADS, "rollout"] as const;
/** How heads become what is drawn: each by itself, several as one, or those of all layers up to theirs as their rollout. */
export type Combination = (typeof COMBINATIONS)[number];
export type OfHeads = (typeof OF_HEADS)[number];

export const LEVELS = ["tokens", "words"] as const;
/** What queries and keys are: tokens as the model has them, or the words that they make up. */
export type Level = (typeof LEVELS)[number];
export const OVERLAYS = ["smooth", "patches"] as const;
/** How weights lie over an image: they change smoothly from patch to patch, or each patch has its own colour. */
export type Overlay = (typeof OVERLAYS)[number];

export const QUANTITIES = ["weights", "contributions"] as const;
/** What is drawn: weights, or weights times the lengths of the values that they multiply. */
export type Quantity = (typeof QUANTITIES)[number];

/** The same, or the rollout. */
export type Drawn = Quantity | "rollout";

export const RANGES = ["all", "head", "step"] as const;
/** What the darkest colour stands for: 1, or the largest weight of this head at the steps drawn, or at the step shown. */
export type Range = (typeof RANGES)[number];

export const SORTS = ["layer", ...MEASURES] as const;
/** How the heads are ordered on the wall: by layer, or by a measure, the largest first. */
export type Sort = (typeof SORTS)[number];

export const SHAPES = ["table", "wall"] as const;
/** How all heads are shown at once: as rows of figures, or as pictures. */
export type Shape = (typeof SHAPES)[number];

/** What is under the pointer, as indices into the original axes. */
export interface Hover {
  query: number | null;
  key: number | null;
}

/** The cells of an axis that are in sight, and how long they are in pixels; see `AxisWindow`. */
interface Sight {
  cells: number;
  cell: number;
  start: number;
  length: number;
}

export interface Axis {
  /** One per position; bare positions are spelled as numbers. */
  tokens: string[];
  /** Rising indices of the tokens that the user has not hidden. */
  shown: number[];
  /** What a position is called, where that is more than its token. */
  nameOf?(position: number): string;
  /** What each position lasts, where they are time, and the round times that have a label; see `timeTicks`. */
  time?: AxisUnit & { ticks(sight: Sight, first: number, extent: number): { value: number; at: number }[] };
}

/** An axis of which A and B have different tokens; padding does not count. */
export interface Differing {
  axis: string;
  common: number;
  ofA: number;
  ofB: number;
  onlyA: string[];
  onlyB: string[];
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
  /** The weight that is drawn darkest. */
  maximum: number;
  /** Names of the axes. */
  queryTitle: string;
  keyTitle: string;
  /** Cells below this bear a dot, which keeps the sign in greyscale; null: none does. */
  dotsBelow?: number | null;
  /** What is kept of a head that is not known whole, as a sentence; "" where it is. */
  kept?: string;
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

export interface HeadPickerProps {
  heads: number;
  /** Rising indices of the heads that are drawn. */
  active: number[];
  /** One per head; see `headColours`. */
  colours: string[];
  ontoggle(head: number): void;
  /** Called with the only active head too: show all again. */
  onisolate(head: number): void;
}

export interface LegendProps {
  mapping: Mapping;
  theme: Theme;
  /** The weight drawn darkest. */
  maximum: number;
  isSigned: boolean;
  /** What the ends stand for, in words; "" where numbers say it. */
  lessTitle?: string;
  moreTitle?: string;
}
