/** Every sentence and label of the embeddings view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import { displayToken } from "../../tokens/tokens";
import { formatFigure } from "../../ui/figures";
import type { Metric, Origin, Ranking, Span } from "../place";
import { shortName } from "../table";

export * from "./view";

/** Names of the regions and lists, for screen readers too. */
export const LAYERS = "Layers";
export const WORDS = "Words";
export const WORDS_LABEL = "words";
export const SEARCH = "search";
export const SEARCH_HINT = "Begins with (/)";
export const SETTINGS = "settings";
export const MAP = "map";
export const MOVED = "Moved most";
export const CHOSEN = "chosen word";
export const OVERALL = "All words";

/** Returns a word with everything invisible spelled out; of a long one the beginning. */
export function spelled(label: string): string {
  const { title, text } = displayToken(shortName(label));
  return title.trim() === "" ? text : title;
}

export function foundCount(beginning: number, all: number, isSearched: boolean): string {
  if (!isSearched) return wordCount(all);
  if (all === 0) return "No word has this in it.";
  const more = all - beginning;
  const elsewhere = more > 0 ? `, ${count(more)} more ${more === 1 ? "has it in it" : "have it in them"}` : "";
  return `${count(beginning)} ${beginning === 1 ? "begins" : "begin"} with it${elsewhere}`;
}

function wordCount(number: number): string {
  return number === 1 ? "1 word" : `${count(number)} words`;
}

export function waitingForWords(run: string): string {
  return `Waiting for the words of run ${run} …`;
}

export function wordsFailed(run: string, detail: string): string {
  return `The words of run ${run} could not be read: ${detail} Choose another run, or log it again.`;
}

export function answerFailed(what: string, run: string, detail: string): string {
  return `The ${what} of run ${run} could not be had: ${detail}`;
}

export const NEIGHBOURS_OF = "neighbours";
export const MOVEMENT_OF = "movement";
export const CHURN_OF = "churn";

export function noLayerInRun(run: string, layer: string): string {
  return `Run ${run} has no embedding ${layer}. Choose another layer, or take the run out.`;
}

export function unknownWord(wanted: string, shown: string): string {
  return `There is no word “${spelled(wanted)}” here; shown is “${spelled(shown)}”.`;
}

export function notInRun(word: string, run: string): string {
  return `Run ${run} has no word “${spelled(word)}”.`;
}

export function labelsChanged(since: number): string {
  return `Steps before ${count(since)} have other words and are left out.`;
}

export const METRIC = "near by";
export const METRIC_NAMES: Record<Metric, string> = { cosine: "cosine", euclidean: "Euclidean" };
export const METRIC_TITLES: Record<Metric, string> = {
  cosine: "Cosine similarity: 1 where two vectors point the same way (m)",
  euclidean: "Euclidean distance: 0 where two vectors are the same (m)",
};
export const SPAN = "steps";
export const SPAN_NAMES: Record<Span, string> = { whole: "whole training", near: "up to the cursor" };
export const SPAN_TITLES: Record<Span, string> = {
  whole: "Steps evenly over the whole training, and that of the cursor",
  near: "The step of the cursor and those just before it",
};
export const ORIGIN = "moved since";
export const ORIGIN_NAMES: Record<Origin, string> = { first: "first step", before: "step before" };

export const PIN = "pin";
export const UNPIN = "unpin";
export const PIN_TITLE = "Draw its way on the map (p)";
export const PINNED = "Pinned";

/** `place` is its row in the layer's whole table, which tells apart words that are written alike; undefined where it is of another run. */
export function pinTitle(label: string, place: number | undefined): string {
  return place === undefined ? spelled(label) : `${spelled(label)}, ${ROW} ${place}`;
}

export function stepName(step: number): string {
  return `step ${count(step)}`;
}

export const GO_TO_STEP = "Go to this step";

export function neighboursIn(run: string): string {
  return `nearest neighbours, ${run}`;
}

/** What the marks in the columns mean. */
export const LIST_LEGEND =
  "+ and bold: not in the column to the right; − and faint: no longer in the column to the left; ±: both";

const VALUE_NAMES: Record<Metric, string> = { cosine: "cosine similarity", euclidean: "Euclidean distance" };

export function neighbourTitle(
  word: string,
  metric: Metric,
  value: number,
  isNew: boolean,
  isLeaving: boolean,
): string {
  const change = `${isNew ? ", new" : ""}${isLeaving ? ", no longer there at the next step shown" : ""}`;
  return `${word}: ${VALUE_NAMES[metric]} ${formatFigure(value)}${change}`;
}

export const NO_NEIGHBOURS = "This vector is not finite, or there is no other.";

export function mapTitle(dimensions: number, share: number): string {
  return `2 of ${count(dimensions)} dimensions, ${Math.round(100 * share)} % of the variance; principal components of all steps together, each step centred and turned onto the one before`;
}

export function mapNote(shown: number, all: number, byFrequency: boolean): string {
  const which = byFrequency ? "most frequent" : "first";
  return shown < all
    ? `The ${count(shown)} ${which} of ${count(all)} words, and those chosen or pinned.`
    : all === 1
      ? "The one word there is."
      : `All ${count(all)} words.`;
}

export function mapLabel(run: string): string {
  return `map of words, ${run}`;
}

export const RINGED_HINT = "Ringed: the neighbours of the chosen word.";
export const TRAIL_HINT = "Lines: where pinned words came from.";
export const NO_MAP = "No vector is finite at any step: there is nothing to map.";
export const NOTHING_AT_STEP = "No vector is finite at this step.";
export const MAP_WAITING = "The server makes the map from all steps; at first this takes a while …";
export const OTHER_STEP_OF_MAP = "The map has every so-many-th step; shown is";
export const WHOLE_MAP = "whole map";

export function movedTitle(since: number, step: number): string {
  return `Between step ${count(since)} and step ${count(step)}`;
}

export const RANKING = "ranked by";
export const RANKING_NAMES: Record<Ranking, string> = { distance: "distance", churn: "churn" };

export function rankingTitle(ranking: Ranking, metric: Metric): string {
  return ranking === "distance"
    ? "Euclidean distance between where the word was and where it is; most first"
    : `Share of the 10 nearest neighbours, by ${VALUE_NAMES[metric]}, that were not among them before; most first`;
}

export function churnCounted(counted: number, all: number, byFrequency: boolean): string {
  const which = byFrequency ? "most frequent" : "first";
  return `Churn is that of the ${which} words and of those that moved furthest, ${count(counted)} of ${count(all)}.`;
}

export const NOTHING_MOVED = "No word moved between these steps.";
export const MOVEMENT_UNKNOWN = "No vector is finite at both of these steps, or they have another width.";
export const ONE_STEP = "Movement needs two steps.";

export const NORMS = "Norms";
export function normsLabel(run: string): string {
  return `norms, ${run}`;
}
export const BY_FREQUENCY = "frequency";
export const BY_ROW = "row of the table";
export const NORMS_TITLES = {
  frequency: "Length of each word's vector at the step of the cursor, over how often the word occurs",
  row: "Length of each word's vector at the step of the cursor, over its row: vocabularies often begin with the most frequent",
} as const;
export const NORM_AXIS = "norm";
export const NO_NORMS = "No vector is finite at this step.";

export function normTitle(word: string, norm: number, x: string, value: number): string {
  return `${word}: norm ${formatFigure(norm)}, ${x} ${formatFigure(value)}`;
}

export const ROW = "row";
export const NORM = "norm";
export const CHURN = "churn";
export const CHURN_TITLE =
  "Share of the 10 nearest neighbours that were not among them at the step since which it is counted";

/** `since` is the step that it is compared with, undefined at the first. */
export function churnAtStep(step: number, churn: number, since: number | undefined): string {
  const compared = since === undefined ? "" : `, since ${stepName(since)}`;
  return `${stepName(step)}: ${formatFigure(churn)}${compared}`;
}

export const NORM_LINE_TITLE = "Length of its vector";

const MEASURES: Record<string, { name: string; title: string }> = {
  norm: { name: "norm", title: "Mean length of the vectors" },
  movement: {
    name: "movement",
    title: "Mean distance to where the vectors were at the record before, over their mean length",
  },
  churn: {
    name: "churn",
    title:
      "Mean share of the 10 nearest neighbours, by cosine, that are others than at the record before; of up to 500 words",
  },
  similarity: { name: "similarity", title: "Mean cosine similarity of two words; near 1 all vectors point one way" },
  dimensions: {
    name: "dimensions",
    title: "How many directions the vectors use: the participation ratio of their covariance",
  },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function measureTitle(measure: string): string {
  return MEASURES[measure]?.title ?? measure;
}

export const NOTHING_CHOSEN = "Choose a word to read about it here.";
export const PROJECTOR = "TensorBoard’s Projector";
export const NEW_TAB = "In a new tab";

export function projectorLink(step: number): string {
  return `open ${stepName(step)} in it`;
}

export function otherSnapshot(step: number): string {
  return `The nearest snapshot that is kept: of ${stepName(step)} there is none.`;
}

export const NO_SNAPSHOT =
  "The Projector has no snapshot of this run: EmbeddingLogger writes them, Writer.embeddings does not.";
