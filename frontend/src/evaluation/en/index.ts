/** Every sentence and label of the evaluation view; those of the page are in `language/en.ts`. */

import { count, quoted } from "../../language/en";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { SLICE_CROSSING, WHOLE_SET } from "../../wire/schema.gen";
import type { Filter, Order, Panel } from "../place";
import { baseOf, classOf } from "../table/measures";
import { FEWEST_RANKED } from "../table/rows";
import { MOST_OF_A_GROUP, partsOf } from "../table/slices";
import type { ChangeRead } from "../types";

export { REMARKS } from "./remarks.gen";

/** Names of the regions and lists, for screen readers too. */
export const SETS = "Held-out sets";
export const TABLE = "slices and measures";
export const SLICE_HEAD = "slice";
export const ALL_MEASURES = "every measure of every slice, at all steps of the runs in sight";
export const NOTES = "Remarks on this evaluation";
export const HOW = "How it was measured";

export function tableLabel(slices: number): string {
  return `measures of ${sliceCount(slices)}`;
}

interface Caption {
  panel: Panel;
  /** Whether there is a held-out set, and not only texts. */
  hasSet: boolean;
  /** Whether there is a text whose tokens are followed. */
  hasText: boolean;
  hasGroups: boolean;
  /** How many runs A is. */
  runs: number;
}

/** What is drawn, in words that can be changed. */
export function caption({ panel, hasSet, hasText, hasGroups, runs }: Caption): Sentence {
  const run: Sentence = runs > 1 ? sentence` in run ${word("run")}` : [];
  if (panel === "tokens" && hasText)
    return sentence`Text ${word("text")}${run} as ${hasSet ? word("panel") : PANEL_NAMES.tokens}: tokens across, steps down.`;
  const mean = runs > 1 ? `, the mean of ${count(runs)} runs` : "";
  const start = sentence`Held-out set ${word("set")} as ${word("panel")}`;
  if (panel === "curves") return sentence`${start} of ${word("slice")}${mean}.`;
  const beside = runs > 1 ? `, ${count(runs)} runs side by side` : "";
  if (panel === "calibration") return sentence`${start} of ${word("slice")}${beside}.`;
  if (panel !== "slices") return sentence`${start} of ${word("slice")}${run}.`;
  const slices: Sentence = hasGroups ? sentence` of ${word("group")}` : [];
  return sentence`${start}${slices}${mean}: ${word("measures")}, sorted by ${word("measure")}, ${word("order")}.`;
}

export const PANEL_NAMES: Record<Panel, string> = {
  slices: "table",
  curves: "curves",
  confusion: "confusion matrix",
  calibration: "reliability diagram",
  tokens: "token strip",
  map: "data map",
};
export const PANEL_MEANINGS: Record<Panel, string> = {
  slices: "measures by slice",
  curves: "by position and length",
  confusion: "which class is taken for which",
  calibration: "is it as often right as it is sure",
  tokens: "when each token is learnt",
  map: "easy, ambiguous and hard examples",
};

export const CAPTION_HEADINGS = {
  panel: "Drawn as · v",
  set: "Held-out set",
  slice: "Slice · ↑ ↓",
  text: "Text",
  group: "Sliced by",
  measures: "Measures shown; each choice shows one, or hides it",
  measure: "Sorted by · [ ]",
  order: "Order · o",
  run: "Run",
} as const;

export const SLICES = "all slices";
export const FEW_OF_A_KIND = `all kinds of at most ${MOST_OF_A_GROUP} slices`;
export const SHOWN = "shown";

export function sliceCount(slices: number): string {
  return slices === 1 ? "1 slice" : `${count(slices)} slices`;
}

export function measureCount(shown: number, all: number): string {
  if (shown === all) return all === 1 ? "1 measure" : `${count(all)} measures`;
  return `${count(shown)} of ${count(all)} measures`;
}

export function orderName(order: Order, isLowerBetter: boolean, isCompared: boolean): string {
  if (!isCompared && (order === "change" || order === "clearest")) return orderName("worst", isLowerBetter, true);
  if (order === "worst") return isLowerBetter ? "↓ highest first" : "↑ lowest first";
  if (order === "change") return "worse than B first";
  return order === "clearest" ? "clearest first" : "as logged";
}

export const ORDER_MEANINGS: Partial<Record<Order, string>> = {
  change: "what lost most from B to A",
  clearest: "difference by its standard error",
};

const MEASURE_NAMES: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  balanced_accuracy: "balanced accuracy",
  precision: "precision",
  precision_micro: "precision, micro",
  precision_macro: "precision, macro",
  recall: "recall",
  recall_micro: "recall, micro",
  recall_macro: "recall, macro",
  f1: "F1",
  f1_micro: "F1, micro",
  f1_macro: "F1, macro",
  roc_auc: "ROC AUC",
  roc_auc_ovr: "ROC AUC, one class against the others",
  in_context_score: "in-context score",
  expected_calibration_error: "calibration error",
  exact_match: "exact match",
  edit_distance: "edit distance",
  log_loss: "loss",
  perplexity: "perplexity",
  bleu: "BLEU",
  chrf: "chrF",
  rouge1: "ROUGE-1",
  rouge2: "ROUGE-2",
  rougeL: "ROUGE-L",
};

export function measureName(measure: string): string {
  const base = baseOf(measure);
  const name = MEASURE_NAMES[base] ?? base.replaceAll("_", " ");
  const of = classOf(measure);
  return of === null ? name : `${name} of ${of}`;
}

/** What stands in notes of records by the names that Python has for it. */
export const NAMERS = { measure: measureName, measures: measureName, slices: byName };

const GROUP_NAMES: Readonly<Record<string, string>> = {
  source_length: "source length",
  target_length: "target length",
  position: "position",
  frequency: "token frequency",
  unknown_words: "unknown words",
  class: "class",
};

function byName(by: string): string {
  return GROUP_NAMES[by] ?? by.replaceAll("_", " ");
}

export function groupName(group: string): string {
  if (group === "") return "of no kind";
  return `by ${group.split(SLICE_CROSSING).map(byName).join(" and ")}`;
}

const SLICE_NAMES: Readonly<Record<string, string>> = {
  "unknown_words with": "with unknown words",
  "unknown_words without": "without unknown words",
};

export function sliceName(slice: string): string {
  if (slice === WHOLE_SET) return "whole set";
  return partsOf(slice)
    .map(({ by, which }) => SLICE_NAMES[`${by} ${which}`] ?? (by === "" ? which : `${byName(by)} ${which}`))
    .join(", ");
}

export function countOf(examples: string): string {
  return `n = ${examples}`;
}

interface Legend {
  isCompared: boolean;
  /** Whether A is several runs. */
  isSeveral: boolean;
  hasFew: boolean;
  /** How many slices are left out. */
  unmeasured: number;
}

export function legend({ isCompared, isSeveral, hasFew, unmeasured }: Legend): string {
  const a = isSeveral
    ? "Dot: A, the mean, with its 95 % interval · band: lowest to highest run"
    : "Dot: A with its interval";
  return [
    a,
    ...(isCompared ? ["ring: B · small: A − B, bold where clear"] : []),
    "dotted line: whole set at A",
    "n: of the measure sorted by",
    ...(hasFew ? [`a slice under ${FEWEST_RANKED} is not ranked`] : []),
    ...(unmeasured > 0 ? [`left out: ${sliceCount(unmeasured)} without any of these measures`] : []),
  ].join(" · ");
}

export function cellLabel(
  measure: string,
  value: string,
  interval: readonly [string, string] | null,
  other: string | null,
): string {
  const ends = interval ? `, ${interval[0]} to ${interval[1]}` : "";
  return `${measure} ${value}${ends}${other === null ? "" : `; B ${other}`}`;
}

export function sliceRead(
  slice: string,
  measure: string,
  value: string,
  interval: readonly [string, string] | null,
  apart: string | null,
  change: ChangeRead | null,
  few: string | null,
): Sentence {
  const ends = interval ? ` (${interval[0]} to ${interval[1]})` : "";
  const beside = apart === null ? "" : `, ${apart}`;
  const since = change === null ? "" : `; B ${change.before}, ${changeName(change)}`;
  return sentence`${strong(slice)}, ${measure} ${value}${ends}${beside}${since}${few === null ? "" : `; ${few}`}`;
}

/** Where a slice is beside the whole set. */
export function besideWhole(by: string, isAbove: boolean): string {
  return `${by} ${isAbove ? "above" : "below"} the whole set`;
}

export function fewExamples(examples: string): string {
  return `only ${examples}, not ranked`;
}

function changeName({ kind, by }: ChangeRead): string {
  if (kind === "unclear") return "no clear change";
  return `${kind} by ${by}, clearly`;
}

export function nothingMeasured(slice: string, measure: string): Sentence {
  return sentence`${strong(slice)}: nothing to measure ${measure} by at this step`;
}

export const HINT: Sentence = sentence`Point at a slice to read it; click it to see its examples.`;

export function intervalOfRuns(runs: number): string {
  return `interval: of the mean of ${count(runs)} runs, Student's t, 95 %`;
}

export function unknownSlice(slice: string): string {
  return `The link asks for the slice “${slice}”, which is not in this set; shown is the whole set.`;
}

export function unknownMeasure(measure: string): string {
  return `The link asks to sort by “${measure}”, which was not measured.`;
}

export function examplesFailed(run: string, detail: string): string {
  return `The examples of run ${run} could not be read: ${detail} The table is there all the same.`;
}

export function exampleStepsFailed(run: string, steps: readonly number[], detail: string): string {
  return `The examples of run ${run} at ${listOfSteps(steps)} could not be read, and are left out: ${detail}`;
}

export function tokenStepsFailed(steps: readonly number[], detail: string): string {
  return `The tokens at ${listOfSteps(steps)} could not be read, and are left out: ${detail}`;
}

const MOST_STEPS = 5;

function listOfSteps(steps: readonly number[]): string {
  const shown = steps.slice(0, MOST_STEPS).map(count).join(", ");
  const rest = steps.length > MOST_STEPS ? ` and ${count(steps.length - MOST_STEPS)} more` : "";
  return steps.length === 1 ? `step ${shown}` : `steps ${shown}${rest}`;
}

export function notInRun(run: string, set: string): string {
  return `Run ${run} has no evaluation named ${set}. Choose another set, or take the run out.`;
}

export const EXAMPLES = "examples";
export const SOURCE = "source";
export const INPUT = "input";
export const REFERENCE = "reference";
export const CORRECT = "correct";
export const NO_EXAMPLE = "No example is like that.";

/** `hasRuns`: whether the run is to be chosen here. */
export function examplesCaption(shown: number, kept: number, hasRuns: boolean): Sentence {
  const run: Sentence = hasRuns ? sentence` in run ${word("run")}` : [];
  return sentence`${count(shown)} of ${count(kept)} kept${run}, worst first: ${word("filter")}, against ${word("beside")}`;
}

export const FILTER_HEADING = "Which examples";
export const BESIDE_HEADING = "A stands against";
export const BESIDE_NAMES = { reference: "the reference", b: "B" } as const;

/** `since`: null where B is another run. */
export function filterNames(since: number | null): Record<Filter, string> {
  const always = { all: "all", wrong: "wrong now" };
  if (since === null) return { ...always, learnt: "right in A alone", forgotten: "right in B alone" };
  return {
    ...always,
    learnt: `learnt since step ${count(since)}`,
    forgotten: `forgotten since step ${count(since)}`,
  };
}

export function mistaken(right: string, said: string): string {
  return right === said ? `${right}, right` : `${right} taken for ${said}`;
}

export function more(examples: number): string {
  return `${count(examples)} more`;
}

export function recordFailed(run: string, detail: string): string {
  return `The record of run ${run} at this step could not be read; its curves, matrices and remarks are missing: ${detail}`;
}

export function tokensFailed(run: string, detail: string): string {
  return `The tokens of run ${run} could not be read: ${detail}`;
}

interface TokenFigures {
  probability: string;
  surprisal: string;
  rank: number;
}

export function tokenRead(
  token: string,
  [from, to]: readonly [number, number],
  numbers: TokenFigures | null,
  learnt: number | null,
  forgettings: number,
  isForgotten: boolean,
): Sentence {
  const start = sentence`${strong(quoted(token))} ${from === to ? `at step ${count(to)}` : `on the mean of steps ${count(from)} to ${count(to)}`}`;
  if (!numbers) return sentence`${start}: not predicted`;
  const rank = numbers.rank > 0 ? `, rank ${count(numbers.rank)}` : "";
  const since = learnt === null ? "not learnt" : `learnt at step ${count(learnt)}`;
  const times = forgettings === 0 ? "" : `, forgotten ${forgettings === 1 ? "once" : `${count(forgettings)} times`}`;
  const now = isForgotten ? ", and is now" : "";
  return sentence`${start}: probability ${numbers.probability}, surprisal ${numbers.surprisal} nats${rank}; ${since}${times}${now}`;
}

export function axisName(by: string): string {
  return by === "position" ? "position in the target, from 0" : `${byName(by)}, tokens`;
}

export function curveTitle(measure: string, by: string, slice: string): string {
  return `${measure} by ${byName(by)}, ${slice}`;
}
