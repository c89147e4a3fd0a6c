/** Every sentence and label of the attention view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import type { LayerHeader, Role } from "../../wire/schema.gen";
import type { Combination, Mapping, Measure, TextLayout } from "../types";

/** Names of the regions and switches, for screen readers too. */
export const OVERVIEW = "overview";
export const FOCUSED_HEAD = "focused head";
export const MATRIX = "matrix";
export const TEXT = "text";
export const MEASURE = "measure";
export const SETTINGS = "settings";
export const MAPPING = "mapping";

export const SHORT_ROLE_NAMES: Record<Role, string> = {
  "encoder self": "encoder self",
  "decoder self": "decoder self",
  cross: "cross",
  other: "other",
};

export const MAPPING_NAMES: Record<Mapping, string> = {
  linear: "linear",
  "square root": "square root",
  "per row": "per row",
};

export const MAPPING_TITLES: Record<Mapping, string> = {
  linear: "Shade grows with the weight",
  "square root": "Shade grows with the square root of the weight: small weights show",
  "per row": "Square root, and every query's largest weight is the darkest",
};

export const LEGEND_TITLES: Record<Mapping, string> = {
  linear: "weight, linear",
  "square root": "weight, square root",
  "per row": "weight, square root, per row",
};

export const LAYOUT_NAMES: Record<TextLayout, string> = { columns: "columns", lines: "lines" };

export const MEASURE_NAMES: Record<Measure, string> = {
  entropy: "entropy",
  peak: "peak",
  distance: "distance",
  first: "first",
};

export const MEASURE_TITLES: Record<Measure, string> = {
  entropy: "How spread out the weights of a query are: 0 on one key, 1 on all alike (mean over queries)",
  peak: "The largest weight of a query (mean over queries)",
  distance: "How far queries look from the diagonal, as a share of the length (mean over queries)",
  first: "The weight on the first key (mean over queries): where heads without work put it",
};

export const COMBINATION_NAMES: Record<Combination, string> = { each: "each", mean: "mean", max: "max" };

export const COMBINATION_TITLES: Record<Combination, string> = {
  each: "Draw each head in its colour",
  mean: "Draw the mean of the chosen heads",
  max: "Draw the largest weight among the chosen heads",
};

const COMBINED_HEADS: Record<Combination, string> = { each: "heads", mean: "mean of heads", max: "maximum of heads" };

export const COMBINE = "How the chosen heads are drawn";
export const HEADS = "Heads; click adds or removes one, double-click shows one alone, again all";

export function headButton(head: number): string {
  return `Head ${head}`;
}

export function headButtonTitle(head: number, isChosen: boolean, isAlone: boolean): string {
  const [click, doubleClick] = [isChosen ? "hide" : "show", isAlone ? "all heads" : "this head alone"];
  return `Head ${head}: click to ${click}, double-click for ${doubleClick}`;
}

export function matrixName(layer: string, heads: readonly number[], combine: Combination, head: number): string {
  return combine === "each" || heads.length === 1
    ? `${layer}, ${headName(head)}`
    : `${layer}, ${COMBINED_HEADS[combine]} ${heads.join(", ")}`;
}

export function noLayerInRun(layer: string): string {
  return `This run has no layer ${layer}. Choose another layer, or take the run out.`;
}

export function noExampleInRun(example: string): string {
  return `This run has no example ${example}. Choose another example, or take the run out.`;
}

export const NO_LAYERS =
  "This record holds no attention layer. The callback names the reason when training starts; look at its warning.";

export const POSITIONS = "position";

export const HIDE_SPECIAL = "hide special tokens";
export const HIDE_SPECIAL_TITLE = "Leave out start, end, separator and padding tokens; the weights stay as they are";
export const SHOW_ALL = "show all";
export const SHOW_ALL_TITLE = "Zoom out to the whole matrix (0)";

export function layerCount(number: number): string {
  return number === 1 ? "1 layer" : `${count(number)} layers`;
}

export const OF_RUN = "of";

export function runAtStep(step: number): string {
  return `step ${count(step)}`;
}

export const HEAD_COLUMN = "head";

export function thumbnailTitle(path: string, head: number, value: string | null): string {
  return `${path}, ${headName(head)}${value === null ? "" : `, ${value}`}`;
}

const THUMBNAILS =
  "Thumbnails: square root of the weight, one scale for all heads and steps, queries down, keys to the right.";

export function overviewMeaning(hasLines: boolean): string {
  return hasLines ? `${THUMBNAILS} Lines: 0 to 1 over the steps, the dot is this step.` : THUMBNAILS;
}

export function matrixDescription(name: string, queries: number, keys: number): string {
  return `${name}: ${queries} queries, ${keys} keys. Shift and arrows move the crosshair, Enter pins, plus and minus zoom, 0 shows all.`;
}

export const HATCHED = "Hatched: not a number or infinite.";

/** `block`: how many weights one pixel stands for. */
export function pooledMatrix(queries: number, keys: number, block: { queries: number; keys: number }): string {
  const most = `${block.queries} × ${block.keys}`;
  return `${count(queries)} × ${count(keys)}: one pixel shows the strongest of up to ${most} weights; zoom in to part them.`;
}

export function textDescription(queryTitle: string, keyTitle: string): string {
  return `${queryTitle} and ${keyTitle} with lines for the weights. Shift and arrows choose a query, Enter pins it.`;
}

export function weightOfHead(head: number, weight: string): string {
  return `${headName(head)}: ${weight}`;
}

/**
 * What the lines of the text view stand for.
 *
 * Args:
 *     side: of the chosen token, null if there is none.
 *     share: of the weight that is drawn, between 0 and 1.
 *     perQuery: the most lines of a query and head while no token is chosen.
 */
export function linesMeaning(side: "query" | "key" | null, share: number, perQuery: number): string {
  const drawn = `up to ${100 * share} %`;
  const lines =
    side === "key" ? `${drawn} of the weight that this key gets` : `${drawn} of each query's weight on what is shown`;
  const limit = side === null ? `, at most ${perQuery} per query and head` : "";
  return `Lines: the strongest, ${lines}${limit}. Opacity: square root of the weight.`;
}

export const NOT_A_NUMBER = "not a number";
export const INFINITE = "infinite";

export const LAYERS_LABEL = "layers";

export const ROLE_NAMES: Record<Role, string> = {
  "encoder self": "Encoder self-attention",
  "decoder self": "Decoder self-attention",
  cross: "Cross-attention",
  other: "Other attention",
};

export function unknownLayer(unknown: string, shown: string): string {
  return `There is no layer ${unknown} in this record; shown is ${shown}.`;
}

export function waitingForRecord(step: number, layer: string | null): string {
  return `Waiting for step ${count(step)}${layer ? ` of ${layer}` : ""} …`;
}

export function headName(head: number): string {
  return `head ${head}`;
}

/** Names and terms of the details. */
export const DETAILS = {
  layer: "layer",
  role: "role",
  class: "class",
  shape: "shape",
  axes: "heads × queries × keys",
  call: "call",
  weight: "weight",
  query: "query",
  key: "key",
  rowMaximum: "row maximum",
  strongest: "Strongest keys of this query",
  allZero: "All weights of this query are 0.",
  notes: "notes",
} as const;

export function headAtStep(head: number, step: number): string {
  return `${headName(head)} at step ${count(step)}`;
}

export const QUANTISED =
  "Weights are stored in 256 levels per row: a shown weight differs from the true one by at most the row's maximum / 255.";

export const POOLED = "Thumbnails of long sequences show the largest weight of each block.";

export const HOVER_HINT = "Point at a cell or a token to read its weight; click to pin the query.";

/** Tells the further calls of a layer apart; "" for the first. */
export function callSuffix(call: number): string {
  return call > 0 ? ` · call ${call + 1}` : "";
}

export function layerTitle(layer: LayerHeader): string {
  const heads = `${count(layer.heads)} ${layer.heads === 1 ? "head" : "heads"}`;
  const made = layer.class_name ? `${layer.class_name}, ` : "";
  return `${layer.path} · ${made}${heads}, ${count(layer.queries)} queries × ${count(layer.keys)} keys`;
}
