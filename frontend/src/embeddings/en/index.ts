/** Every sentence and label of the embeddings view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import type { Metric, Ranking, Span } from "../place";

export { REMARKS } from "./remarks.gen";

/** Names of the regions and lists, for screen readers too. */
export const LAYERS = "Layers";
export const WORDS_LABEL = "words";
export const SEARCH = "search";
export const SEARCH_HINT = "Find a word (/)";
export const MAP = "map";
export const OVERALL = "All words";
export const COLOURS = "colours of the words";

/** What is drawn, in words that can be changed. */
export function caption(): Sentence {
  return sentence`Neighbours of ${word("word")} in ${word("layer")}, by ${word("metric")}, at ${word("span")}; colour: ${word("colour")}.`;
}

export const CAPTION_HEADINGS = {
  word: "Word · ↑ ↓; all are in the list",
  layer: "Layer · [ ]",
  metric: "What near means · m",
  span: "Steps side by side; A and B always",
  colour: "Colour",
} as const;

export function listCaption(found: string): Sentence {
  return sentence`${found}, ${word("ranking")}`;
}

export function foundCount(beginning: number, all: number, isSearched: boolean): string {
  if (!isSearched) return wordCount(all);
  if (all === 0) return "no word has this in it";
  const more = all - beginning;
  const elsewhere = more > 0 ? `, ${count(more)} more ${more === 1 ? "has it in it" : "have it in them"}` : "";
  return `${count(beginning)} ${beginning === 1 ? "begins" : "begin"} with it${elsewhere}`;
}

function wordCount(number: number): string {
  return number === 1 ? "1 word" : `${count(number)} words`;
}

export const RANKING = "Order of the words";

export function rankingHeading(since: number, step: number): string {
  return since === step ? RANKING : `Order of the words; changes from step ${count(since)} to step ${count(step)}`;
}

export const RANKING_NAMES: Record<Exclude<Ranking, "table">, string> = {
  distance: "moved most",
  churn: "most neighbours replaced",
};

export function tableOrder(byFrequency: boolean): string {
  return byFrequency ? "most frequent first" : "as in the table";
}

/** What the map is coloured by, in a word that can be changed. */
export function mapCaption(step: number): Sentence {
  return sentence`Map at ${stepName(step)}, coloured by ${word("colour")}`;
}

export const NO_COLOUR = "nothing";

export function waitingForWords(run: string): string {
  return `Waiting for the words of run ${run} …`;
}

export function wordsFailed(run: string, detail: string): string {
  return `The words of run ${run} could not be read: ${detail} Choose another run, or log it again.`;
}

export function mapFailed(run: string, detail: string): string {
  return `The map of run ${run} could not be had: ${detail}`;
}

export function neighboursFailed(run: string, detail: string): string {
  return `The neighbours in run ${run} could not be had: ${detail}`;
}

export function rankingFailed(ranking: Exclude<Ranking, "table">, detail: string): string {
  const what = ranking === "churn" ? "How many neighbours were replaced" : "How far words moved";
  return `${what} could not be had: ${detail}`;
}

export function noLayerInRun(run: string, layer: string): string {
  return `Run ${run} has no embedding ${layer}. Choose another layer, or take the run out.`;
}

export function unknownWord(wanted: string, shown: string): string {
  return `There is no word “${wanted}” here; shown is “${shown}”.`;
}

export function notInRun(word: string, run: string): string {
  return `Run ${run} has no word “${word}”.`;
}

export function labelsChanged(since: number): string {
  return `Steps before ${count(since)} have other words and are left out.`;
}

export const METRIC_NAMES: Record<Metric, string> = { cosine: "cosine similarity", euclidean: "Euclidean distance" };
export const METRIC_MEANINGS: Record<Metric, string> = {
  cosine: "1 where two vectors point the same way",
  euclidean: "0 where two vectors are the same",
};

export const SPAN_NAMES: Record<Span, string> = {
  whole: "evenly over the whole training",
  near: "A and those just before it",
};

export function columnCount(columns: number, span: Span): string {
  const steps = columns === 1 ? "1 step" : `${count(columns)} steps`;
  return span === "near" ? `${steps} up to A` : steps;
}

export const PINNED = "Pinned";

export function unpinLabel(word: string): string {
  return `unpin ${word}`;
}

/** `row` tells apart words that are written alike. */
export function pinLabel(word: string, row: number): string {
  return `${word}, row ${count(row)}`;
}

export function stepName(step: number): string {
  return `step ${count(step)}`;
}

export function goToStep(step: number): string {
  return `go to ${stepName(step)}`;
}

export function neighboursIn(run: string): string {
  return `nearest neighbours, ${run}`;
}

export function nearRange(first: string, last: string): string {
  return `${first} – ${last}`;
}

/** What the marks in the columns mean. */
export function neighbourLegend(metric: Metric): string {
  const what = metric === "cosine" ? "similarity" : "distance";
  return `Bold: new since the column before · dashed stub: gone in the next · under each step: ${what} of the first and the last`;
}

export function neighbourLabel(word: string, value: string, isNew: boolean, isLeaving: boolean): string {
  return `${word} ${value}${isNew ? ", new" : ""}${isLeaving ? ", gone in the next column" : ""}`;
}

export const NO_NEIGHBOURS = "This vector is not finite, or there is no other.";

/** What the reading line says. */
export const HINT: Sentence = sentence`Point at a word to read about it, click to choose it; Shift-click pins it, so that its way is drawn on the map.`;

export function wordRead(word: string, facts: readonly string[]): Sentence {
  return facts.length === 0 ? sentence`${strong(word)}` : sentence`${strong(word)} ${facts.join(" · ")}`;
}

export function nearAt(metric: Metric, value: string, step: number): string {
  return `${metric === "cosine" ? "similarity" : "distance"} ${value} at ${stepName(step)}`;
}

export function movedSince(distance: string, since: number): string {
  return `moved ${distance} since ${stepName(since)}`;
}

export function columnOf(column: string, value: string): string {
  return `${column}: ${value}`;
}

/** The mark at the end of the reading line. */
export function keptWords(kept: number, all: number): string {
  return kept < all ? `${count(kept)} of ${count(all)} words logged` : wordCount(kept);
}

export function mapShort(dimensions: number, share: number): string {
  return `map: 2 of ${count(dimensions)} dimensions, ${Math.round(100 * share)} % of the variance`;
}

export function mapTitle(dimensions: number, share: number): string {
  return `2 of ${count(dimensions)} dimensions, ${Math.round(100 * share)} % of the variance; principal components of all steps together, each step centred and turned onto the one before.`;
}

export function mapNote(shown: number, all: number, byFrequency: boolean): string {
  const which = byFrequency ? "most frequent" : "first";
  return shown < all
    ? `The ${count(shown)} ${which} of ${count(all)} words, and those chosen or pinned.`
    : all === 1
      ? "The one word there is."
      : `All ${count(all)} words.`;
}

/** `chosen` is null where no word is. */
export function mapLabel(run: string, chosen: string | null): string {
  const marked = chosen === null ? "" : `; marked are ${chosen} and its neighbours, which are listed above`;
  return `map of words, ${run}${marked}`;
}

export const NO_MAP = "No vector is finite at any step: there is nothing to map.";
export const NOTHING_AT_STEP = "No vector is finite at this step.";
export const MAP_WAITING = "The server makes the map from all steps; at first this takes a while …";
export const WHOLE_MAP = "whole map";
export const MAP_KEYS = "map; plus and minus zoom, 0 shows all";

export const NORMS = "Norms";
export function normsLabel(run: string): string {
  return `norms, ${run}`;
}
export const BY_FREQUENCY = "frequency";
export const BY_ROW = "row of the table";
export const NORMS_MEANINGS = {
  frequency: "Length of each word's vector at A, over how often the word occurs.",
  row: "Length of each word's vector at A, over its row: vocabularies often begin with the most frequent.",
} as const;
export const NORM_AXIS = "norm";
export const NO_NORMS = "No vector is finite at this step.";

export function normTitle(word: string, norm: string, x: string, value: string): string {
  return `${word}: norm ${norm}, ${x} ${value}`;
}

export const ROW = "row";
export const NORM = "norm";
export const NORM_MEANING = "Norm: length of the word's vector.";
export const REPLACED = "neighbours replaced";
export const REPLACED_MEANING =
  "Neighbours replaced: share of the 10 nearest neighbours that were not among them at the step before of this line.";

export function distanceSince(since: number): string {
  return `distance moved, since ${stepName(since)}`;
}

export function overTraining(word: string): string {
  return `${word}, over training`;
}

export function dimensionsUsed(now: string, of: number, before: string | null): Sentence {
  const since = before === null ? "" : `, from ${before}`;
  return sentence`${strong(now)} effective dimensions of ${count(of)}${since}`;
}

const MEASURES: Record<string, { name: string; meaning: string }> = {
  norm: { name: "norm", meaning: "Mean length of the vectors" },
  movement: {
    name: "movement",
    meaning: "Mean distance to where the vectors were at the record before, over their mean length",
  },
  churn: {
    name: "neighbours replaced",
    meaning:
      "Mean share of the 10 nearest neighbours, by cosine, that are others than at the record before; of up to 500 words",
  },
  similarity: { name: "similarity", meaning: "Mean cosine similarity of two words; near 1 all vectors point one way" },
  dimensions: {
    name: "effective dimensions",
    meaning: "How many directions the vectors use: the participation ratio of their covariance",
  },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function measureMeaning(measure: string): string {
  return MEASURES[measure]?.meaning ?? "";
}

export const NOTHING_CHOSEN = "Choose a word to read about it here.";
export const PROJECTOR = "TensorBoard’s Projector";
export const NEW_TAB = "in a new tab";

export function projectorLink(step: number): string {
  return `open ${stepName(step)} in it`;
}

export function otherSnapshot(step: number): string {
  return `The nearest snapshot that is kept: of ${stepName(step)} there is none.`;
}

export const NO_SNAPSHOT =
  "The Projector has no snapshot of this run: EmbeddingLogger writes them, Writer.embeddings does not.";
