/** Every sentence and label of the attention view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import { type Sentence, sentence, word } from "../../language/sentence";
import type { Hiding } from "../../tokens/tokens";
import type { Role, Unit } from "../../wire/schema.gen";
import type { Level, Mapping, Measure, OfHeads, Quantity, Range, Sort } from "../types";

/** Names of the regions and pictures, for screen readers too. */
export const FOCUSED_HEAD = "focused head";
export const MATRIX = "matrix";
export const SENTENCE = "sentence";
export const PASSAGE = "passage";
export const FILM = "this head over the steps";
export const ALL_HEADS = "all heads";
export const MEASURES_OF_HEAD = "measures of this head";
export const LEGEND = "scale of the weights";

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

export const MAPPING_MEANINGS: Record<Mapping, string> = {
  linear: "grows with the weight",
  "square root": "small weights show",
  "per row": "each query's largest weight is darkest",
};

export const MEASURE_NAMES: Record<Measure, string> = {
  entropy: "entropy",
  effective_keys: "effective keys",
  normalized_entropy: "entropy as a share",
  max_logit: "largest logit",
  first: "on first token",
  padding: "on padding",
  separator: "on separators",
  self: "on itself",
  previous: "on token before",
  next: "on token after",
  distance: "distance",
  confidence: "largest weight",
  induction: "induction",
  duplicate: "on same token before",
  diagonality: "off the diagonal",
  monotonicity: "monotonic",
  coverage: "coverage",
  agreement: "agreement",
  contribution: "contribution",
};

/** `isAlone`: whether what is drawn is more than that head. */
export function measuresTitle(name: string, isAlone: boolean): string {
  return `${name}${isAlone ? " alone" : ""}, over training`;
}

export function nats(figure: string): string {
  return `${figure} nats`;
}

export function effectiveOf(figure: string, keys: number): string {
  return `${figure} of ${count(keys)}`;
}

export const COMBINATION_NAMES: Record<OfHeads, string> = {
  each: "in their colours",
  mean: "their mean",
  max: "their largest weight",
};

export const COMBINATION_TITLES: Record<OfHeads, string> = {
  each: "Draw each head in its colour",
  mean: "Draw the mean of the chosen heads",
  max: "Draw the largest weight among the chosen heads",
};

const COMBINED_HEADS = { each: "heads", mean: "mean of heads", max: "maximum of heads" } as const;

export function matrixName(layer: string, heads: readonly number[], combine: OfHeads, head: number): string {
  return combine === "each" || heads.length === 1
    ? `${layer}, ${headName(head)}`
    : `${layer}, ${COMBINED_HEADS[combine]} ${heads.join(", ")}`;
}

export function matrixNameAt(name: string, step: number): string {
  return `${name}, step ${count(step)}`;
}

/** Columns of the table that a screen reader has of the matrix. */
export const COLUMNS = { query: "query", key: "key", weight: "weight" } as const;

export function strongestOf(name: string): string {
  return `${name}: the strongest key of each query`;
}

const POSITIONS = "position";

export const SHOW_ALL = "show all";
export const SHOW_ALL_TITLE = "Zoom out to the whole matrix (0)";

export function matrixDescription(name: string, queries: number, keys: number): string {
  return `${name}: ${queries} queries, ${keys} keys. Shift and arrows move the crosshair, Enter pins, plus and minus zoom, 0 shows all.`;
}

export const HATCHED = "Hatched: not a number or infinite.";

/** `block`: how many weights one pixel stands for. */
export function pooledMatrix(queries: number, keys: number, block: { queries: number; keys: number }): string {
  const most = `${block.queries} × ${block.keys}`;
  return `${count(queries)} × ${count(keys)}: one pixel shows the strongest of up to ${most} weights; zoom in to separate them.`;
}

export const NOT_A_NUMBER = "not a number";
export const INFINITE = "infinite";

export function waitingForRecord(step: number, layer: string | null): string {
  return `Waiting for step ${count(step)}${layer ? ` of ${layer}` : ""} …`;
}

export function headName(head: number): string {
  return `head ${head}`;
}

/** Tells the further calls of a layer apart; "" for the first. */
export function callSuffix(call: number): string {
  return call > 0 ? ` · call ${call + 1}` : "";
}

/** The caption: what is drawn, in words that can be changed. `hasWords`: tokens are parts of words; `hasValues`: the
 * values that the weights multiply are known; `rolled`: how it begins where a rollout is drawn. */
export function caption(
  isCompared: "steps" | "runs" | null,
  isSeveral: boolean,
  hasWords: boolean,
  hasValues: boolean,
  isApart = false,
  rolled: Sentence | null = null,
): Sentence {
  const heads = isSeveral ? sentence`${word("head")}, ${word("combine")},` : sentence`${word("head")}`;
  const by = hasWords ? sentence`, ${word("level")}` : [];
  const drawn = hasValues ? word("quantity") : "Weights";
  const subject = rolled ?? sentence`${drawn} of ${word("layer")}, ${heads} for ${word("example")}`;
  const what = sentence`${subject}${by}`;
  if (isCompared !== null) {
    const where = isCompared === "steps" ? "at A and B" : "in runs A and B";
    const colours = isApart ? "" : ", coloured by which is larger";
    return sentence`${what} ${where}${colours}, ${word("hide")}, shade ${word("mapping")} on ${word("range")}.`;
  }
  return sentence`${what}, ${word("hide")}, shade ${word("mapping")} on ${word("range")}.`;
}

/** The same where there is little room. */
export function briefCaption(hasWords: boolean): Sentence {
  const by = hasWords ? sentence` · ${word("level")}` : [];
  return sentence`${word("layer")}, ${word("head")} · ${word("example")}${by} · ${word("hide")} · ${word("mapping")} · ${word("range")}`;
}

export const CAPTION_HEADINGS = {
  layer: "Layer · ↑ ↓",
  head: "Head · 0–9 or [ ]",
  example: "Example",
  quantity: "Weight, or × length of the value",
  level: "Queries and keys",
  hide: "Left out",
  mapping: "Shade",
  range: "What the darkest colour stands for",
  combine: "Several heads",
  sort: "Order of the heads",
  line: "Line under each head",
} as const;

/** As the caption begins. */
export const QUANTITY_NAMES: Record<Quantity, string> = {
  weights: "Weights",
  contributions: "Contributions",
};

export const LEVEL_NAMES: Record<Level, string> = {
  tokens: "token by token",
  words: "word by word",
};

export const LEVEL_MEANINGS: Record<Level, string> = {
  tokens: "as the model has them",
  words: "sum over keys, mean over queries",
};

export const HIDING_NAMES: Record<Hiding, string> = {
  padding: "padding left out",
  special: "padding and marks left out",
  nothing: "nothing left out",
};

/** `maximum` is the weight drawn darkest. */
export function rangeName(range: Range, maximum: string, isSigned: boolean): string {
  const from = isSigned ? `−${maximum} to ${maximum}` : `0 to ${maximum}`;
  return { all: `${from}, all steps`, head: `${from}, this head at the steps drawn`, step: `${from}, this step` }[
    range
  ];
}

export const RANGE_NAMES: Record<Range, string> = {
  all: "one scale for all heads and steps",
  head: "the largest weight of this head at the steps drawn",
  step: "the largest weight at this step",
};

export function sortName(sort: Sort): string {
  return sort === "layer" ? "by layer" : `${MEASURE_NAMES[sort]}, largest first`;
}

/** Options of the word for the head beside single heads. */
export const ALL_IN_COLOURS = "all heads, in their colours";
export const MEAN_OF_ALL = "mean of all heads";
export const LARGEST_OF_ALL = "largest of all heads";

export const ROLLOUT_UP_TO_LAYER = "rollout up to this layer";

export function effectiveNote(keys: string): string {
  return `${keys} effective keys`;
}

export function headsName(heads: readonly number[], of: number): string {
  const [first] = heads;
  if (heads.length === 1 && first !== undefined) return headName(first);
  return heads.length === of ? `all ${count(of)} heads` : `heads ${heads.join(", ")}`;
}

export const AS_TABLE = "as a table";

export function wallCaption(
  heads: number,
  isSorted: boolean,
  hasLines: boolean,
  isOfTokens: boolean,
  isOfWeights: boolean,
): Sentence {
  const all = sentence`All ${count(heads)} heads, ${isOfWeights ? "of weights, " : ""}${isOfTokens ? "of tokens, " : ""}${word("sort")}`;
  if (isSorted) return sentence`${all}; left: its value`;
  return hasLines ? sentence`${all} · line ${word("line")}` : all;
}

export function headTitle(layer: string, head: number): string {
  return `${layer}, ${headName(head)}`;
}

/** `head`: which one, where what is drawn beside it is more than that; else null. */
export function filmCaption(steps: number, head: number | null): string {
  return `${head === null ? "This head" : `Head ${head}`} at ${count(steps)} ${steps === 1 ? "step" : "steps"}, same scale`;
}

export function stillTitle(step: number, isA: boolean): string {
  return isA ? `A ${count(step)}, the step shown` : `step ${count(step)}`;
}

export function sentenceDescription(label: string): string {
  return `${label}, ribbons as wide as the weights`;
}

export function sentencePart(label: string, badge: string | null): string {
  return badge === null ? label : `${label}, ${badge}`;
}

/** The name of an axis; `isGuessed`: its tokens were told from their number alone. */
export function axisTitle(name: string, isGuessed: boolean, unit?: Unit): string {
  const title = (name || POSITIONS) + (unit ? `, ${unit}` : "");
  return isGuessed ? `${title} (axis guessed from its length)` : title;
}

export function matrixAt(run: string | null, step: number): string {
  return run === null ? `step ${count(step)}` : `${run}, step ${count(step)}`;
}

export const DIFFERENCE = "A − B";
export const B_MORE = "B more (dots)";
export const A_MORE = "A more";

/** What the reading line says. */
export const HINT: Sentence = sentence`Point at a word or a cell to read its weights; click pins it. Double-click a head to see all heads of its layer.`;

/** The mark at the end of the reading line. */
export function leftOut(tokens: number, hide: Hiding): string {
  const what = hide === "special" ? "padding and mark tokens" : "padding tokens";
  return `${count(tokens)} ${tokens === 1 ? what.replace(/s$/, "") : what} left out`;
}

export function precise(quantity: Quantity, bound: string): string {
  return `${quantity} ± ${bound}`;
}

export const SHOW = "show";
