/** What is said of details: measures, the cell that is pointed at, heads side by side, a passage, the list of layers. */

import { count } from "../../language/en";
import { joined, type Sentence, sentence, strong, word } from "../../language/sentence";
import type { LayerHeader, Role } from "../../wire/schema.gen";
import type { NoStack } from "../record/stack";
import type { Differing, Drawn, Measure } from "../types";
import { axisTitle, headName, headTitle } from ".";

export { REMARKS } from "./remarks.gen";

const MEASURE_MEANINGS: Record<Measure, string> = {
  entropy: "Entropy: how spread out the weights of a query are, in nats; 0 looks at one key alone.",
  effective_keys: "Effective keys: as many keys, all alike, would have the same entropy.",
  normalized_entropy: "Entropy as a share of the largest that the mask allows: 1 looks at all allowed keys alike.",
  max_logit: "Largest logit before the softmax; where it grows without bound, training becomes unstable.",
  first: "On first token: where heads without work put their weight.",
  padding: "On padding: more than nothing is a mask that is missing.",
  separator: "On separators and the end of the text.",
  self: "On the query's own token.",
  previous: "On the token just before.",
  next: "On the token just after.",
  distance: "Distance: how many tokens away queries look.",
  confidence: "Largest weight of each query.",
  induction: "Induction: the weight on what came after the query's token before.",
  duplicate: "On earlier places of the query's token.",
  diagonality: "Off the diagonal: 0 where the weights lie on it, 1 far from it.",
  monotonicity: "Monotonic: how often the strongest key is not before that of the query before.",
  coverage: "Coverage: 0 where every key was looked at; the lower, the more were passed over.",
  agreement: "Agreement: how alike a head and the one most like it in its layer are; 1 looks at the same.",
  contribution: "Contribution: the weight times the length of the value it multiplies, summed: how much the head adds.",
};

/** `side`: "A" or "B"; null where nothing is compared. */
export function weightsToSave(layer: string, heads: number, side: string | null, step: number): string {
  const whose = side === null ? "" : `${side}, `;
  return `weights of ${heads === 1 ? "the head" : `all ${count(heads)} heads`} of ${layer}: ${whose}step ${count(step)}`;
}

export function rolloutToSave(layer: string, layers: number, side: string | null, step: number): string {
  const whose = side === null ? "" : `${side}, `;
  return `rollout of ${count(layers)} ${layers === 1 ? "layer" : "layers"} up to ${layer}: ${whose}step ${count(step)}`;
}

export function measureMeaning(measure: Measure): string {
  return MEASURE_MEANINGS[measure];
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

/** What a cell is called. */
export const OF_A_CELL: Record<Drawn, string> = {
  weights: "weight",
  contributions: "contribution",
  rollout: "rollout",
};

/** What a rollout is made of: the paths of its layers. */
export function rolloutOver(layers: readonly string[]): string {
  return `The rollout is the product over ${layers.join(", ")} of 0.5 × mean over heads + 0.5 × identity, for the residual connection, each row as a share of its sum (Abnar and Zuidema 2020): how much of each token at the input is in each token behind the layer.`;
}

/** The word for the head where a rollout is drawn, with which the caption begins. */
export function rolloutOf(layers: number): string {
  return `Rollout of ${count(layers)} ${layers === 1 ? "layer" : "layers"}`;
}

export function filmOfRollout(steps: number): string {
  return `This rollout at ${count(steps)} ${steps === 1 ? "step" : "steps"}, same scale`;
}

export function unknownLayer(unknown: string, shown: string): string {
  return `There is no layer ${unknown} in this record; shown is ${shown}.`;
}

export const NO_LAYERS =
  "This record holds no attention layer. The callback names the reason when training starts; look at its warning.";

/** How a caption of a rollout begins. */
export function ofRollout(): Sentence {
  return sentence`${word("head")} up to ${word("layer")} for ${word("example")}`;
}

export function headRead(layer: string, head: number, figures: readonly string[]): Sentence {
  return sentence`${strong(headTitle(layer, head))}: ${figures.join(" · ")}`;
}

export function figureOf(label: string, figure: string): string {
  return `${label} ${figure}`;
}

export function preciseRollout(bound: string): string {
  return `rollout ± ${bound}`;
}

export function rolloutName(layer: string): string {
  return `rollout up to ${layer}`;
}

/** Of what stays that of tokens where words are drawn. */
export function ofTokens(what: string): string {
  return `${what}, of tokens`;
}

export const ROLLOUT_MAY_LACK_LAYERS =
  "The record does not say whether layers are left out of it; the rollout is of those that it has.";
export const ROLLOUT_MAY_BE_OF_BRANCHES =
  "The record does not say which layers are computed from which; the rollout takes them to be in series, in the order of the forward pass.";
export const ROLLOUT_IS_GUESSED =
  "That queries and keys of these layers are the same positions is told from their number alone.";

/** What of what A shows B has not. */
export function lackedByB(what: "layer" | "head" | "rollout", layer: string, heads: readonly number[]): string {
  if (what === "head") return noHeadInRun(layer, heads);
  return what === "layer" ? noLayerInRun(layer) : noRolloutInRun(layer);
}

export function noRollout(layer: string, reason: NoStack): string {
  const none = `There is no rollout up to ${layer}`;
  if (reason.why === "other tokens")
    return `${none}: its queries and keys are not the same tokens, and a rollout goes through self-attention. Shown are weights.`;
  const layers = reason.layers.join(", ");
  if (reason.why === "side by side")
    return `${none}: ${layers} lie beside each other, neither computed from the other, and a rollout multiplies layers in series. Shown are weights; choose one of these layers.`;
  return reason.why === "pooled"
    ? `${none}: of ${layers} the record has the strongest weight of each block only. Shown are weights; log with a larger byte_budget.`
    : `${none}: the record leaves out ${layers}. Shown are weights; log these layers, too.`;
}

function noRolloutInRun(layer: string): string {
  return `B has no rollout up to ${layer}. Choose a layer of which both have all layers below, or take B out.`;
}

export function headAtStep(head: number, step: number): string {
  return `${headName(head)} at step ${count(step)}`;
}

export const QUANTISED =
  "Weights are stored in 256 levels per row: a shown weight differs from the true one by at most the row's maximum / 255.";

export const POOLED = "Thumbnails of long sequences show the largest weight of each block.";

export const ROLE_NAMES: Record<Role, string> = {
  "encoder self": "Encoder self-attention",
  "decoder self": "Decoder self-attention",
  cross: "Cross-attention",
  other: "Other attention",
};

export const HEADS = "Heads; click adds or removes one, double-click shows one alone, again all";

export function headButton(head: number): string {
  return `Head ${head}`;
}

export function headButtonTitle(head: number, isChosen: boolean, isAlone: boolean): string {
  const [click, doubleClick] = [isChosen ? "hide" : "show", isAlone ? "all heads" : "this head alone"];
  return `Head ${head}: click to ${click}, double-click for ${doubleClick}`;
}

export function passageTitle(token: string, position: number): Sentence {
  return sentence`${strong(token)} (${count(position)}) looks at these, shaded by weight`;
}

export const PASSAGE_HINT = "Point at a row of the matrix, or a word here, to shade the passage by its weights";

export const STRONGEST_KEYS = "Strongest keys";

export const LAYERS_LABEL = "layers";

export function layerTitle(layer: LayerHeader): string {
  const heads = `${count(layer.heads)} ${layer.heads === 1 ? "head" : "heads"}`;
  const made = layer.class_name ? `${layer.class_name}, ` : "";
  return `${layer.path} · ${made}${heads}, ${count(layer.queries)} queries × ${count(layer.keys)} keys`;
}

export function noExampleInRun(example: string): string {
  return `This run has no example ${example}. Choose another example, or take the run out.`;
}

function noLayerInRun(layer: string): string {
  return `This run has no layer ${layer}. Choose another layer, or take the run out.`;
}

function noHeadInRun(layer: string, heads: readonly number[]): string {
  const what = heads.length === 1 ? `no ${headName(heads[0] ?? 0)}` : `not all of heads ${heads.join(", ")}`;
  return `B has ${what} in ${layer}. Choose a head that both have, or take B out.`;
}

/** The caption of a film strip of which nothing is drawn. */
export function filmTooLarge(isRolled: boolean): string {
  return isRolled
    ? "Not drawn over the steps: each would take all weights of all layers, millions of them. Go to a step to see its rollout."
    : "Not drawn over the steps: each would take all weights of this head, millions of them. Go to a step to see its contributions.";
}

export function otherLayer(layer: string, shown: string): string {
  return `B has no layer ${layer}; shown is ${shown}, which has its place.`;
}

/** Of tokens only one of two texts has a few are named. */
function only(side: "A" | "B", tokens: readonly string[]): string[] {
  const more = tokens.length > MOST_NAMED ? " …" : "";
  return tokens.length > 0 ? [`only in ${side}: ${tokens.slice(0, MOST_NAMED).join(" ")}${more}`] : [];
}

const MOST_NAMED = 8;

export function comparedInPart(differing: readonly Differing[]): string {
  const axes = differing.map(({ axis, common, ofA, ofB, onlyA, onlyB }) => {
    const which = [...only("A", onlyA), ...only("B", onlyB)].join("; ");
    return `${count(common)} of ${count(ofA)} and ${count(ofB)} along ${axisTitle(axis, false)} (${which})`;
  });
  return `A and B have different tokens; compared are those that both have: ${axes.join(", ")}.`;
}

export function apart(differing: readonly Differing[]): string {
  const axes = differing.map(
    ({ axis, common, ofA, ofB }) =>
      `${count(common)} of ${count(ofA)} and ${count(ofB)} along ${axisTitle(axis, false)}`,
  );
  return `A and B have too few tokens in common to be compared: ${axes.join(", ")}. Each is drawn by itself, without a difference.`;
}

export interface Told {
  token: string;
  weight: string;
}

/** `figures` is null where not all weights are known. */
export function looksAt(
  query: string,
  keys: readonly Told[],
  figures: { entropy: string; effective: string } | null,
): Sentence {
  if (keys.length === 0) return sentence`${strong(query)} looks at nothing: all its weights are 0.`;
  const list = joined(
    keys.map(({ token, weight }) => sentence`${strong(token)} ${weight}`),
    ", ",
  );
  return figures
    ? sentence`${strong(query)} looks at ${list} · entropy ${figures.entropy} nats, ${figures.effective} effective keys`
    : sentence`${strong(query)} looks at ${list}`;
}

export function lookedAtBy(key: string, queries: readonly Told[]): Sentence {
  const list = joined(
    queries.map(({ token, weight }) => sentence`${strong(token)} ${weight}`),
    ", ",
  );
  return queries.length === 0
    ? sentence`No query looks at ${strong(key)}.`
    : sentence`${strong(key)} is looked at by ${list}`;
}

/** `b` is null where nothing is compared; `isKept`: whether the weights themselves are known. */
export function weightBetween(
  query: string,
  key: string,
  a: string,
  b: string | null,
  rowLargest: string,
  isKept: boolean,
): Sentence {
  const pair = sentence`${strong(query)} → ${strong(key)}`;
  const why = isKept ? "" : ` · ${NOT_KEPT}`;
  return b === null
    ? sentence`${pair} ${a} · largest of this query ${rowLargest}${why}`
    : sentence`${pair} ${a} at A, ${b} at B${why}`;
}

export const NOT_KEPT = "≤: the most it can be; the weight itself was not kept";

export function largestChange(
  query: string,
  key: string,
  values: { a: string; b: string; difference: string },
  isOfRuns: boolean,
): Sentence {
  const what = isOfRuns ? "Largest difference" : "Largest change";
  return sentence`${what}: ${strong(query)} → ${strong(key)} ${values.a} at A, ${values.b} at B (${values.difference}).`;
}
