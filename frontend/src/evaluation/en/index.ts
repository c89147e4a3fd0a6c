/** Every sentence and label of the evaluation view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { SLICE_CROSSING, WHOLE_SET } from "../../wire/schema.gen";
import type { Order } from "../place";
import { baseOf, classOf } from "../table/measures";
import { FEWEST_RANKED } from "../table/rows";
import { partsOf } from "../table/slices";
import type { ChangeRead } from "../types";

/** Names of the regions and lists, for screen readers too. */
export const SETS = "Held-out sets";
export const TABLE = "slices and measures";
export const SLICE_HEAD = "slice";
export const HOW = "How it was measured";

export function tableLabel(slices: number): string {
  return `measures of ${sliceCount(slices)}`;
}

interface Caption {
  hasGroups: boolean;
  /** How many runs A is. */
  runs: number;
}

/** What is drawn, in words that can be changed. */
export function caption({ hasGroups, runs }: Caption): Sentence {
  const slices: Sentence = hasGroups ? [word("group")] : ["slices"];
  const mean = runs > 1 ? `, the mean of ${count(runs)} runs` : "";
  return sentence`Held-out set ${word("set")} in ${slices}${mean}: ${word("measures")}, sorted by ${word("measure")}, ${word("order")}.`;
}

export const CAPTION_HEADINGS = {
  set: "Held-out set",
  group: "Sliced by",
  measures: "Measures shown; each choice shows one, or hides it",
  measure: "Sorted by · [ ]",
  order: "Order · o",
} as const;

export const SLICES = "all slices";
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
  return order === "clearest" ? "clearest difference first" : "as logged";
}

export const ORDER_MEANINGS: Partial<Record<Order, string>> = {
  change: "what lost most from B to A",
  clearest: "A − B by its standard error",
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

const GROUP_NAMES: Readonly<Record<string, string>> = {
  source_length: "source length",
  target_length: "target length",
  position: "position",
  frequency: "token frequency",
  unknown: "unknown words",
  class: "class",
};

export function groupName(group: string): string {
  if (group === "") return "of no kind";
  return `by ${group.split(SLICE_CROSSING).map(byName).join(" and ")}`;
}

function byName(by: string): string {
  return GROUP_NAMES[by] ?? by.replaceAll("_", " ");
}

export function sliceName(slice: string): string {
  if (slice === WHOLE_SET) return "whole set";
  return partsOf(slice)
    .map(({ by, which }) => (by === "" ? which : `${byName(by)} ${which}`))
    .join(", ");
}

export function countOf(examples: string): string {
  return `n = ${examples}`;
}

export function legend(isCompared: boolean, isSeveral: boolean, hasFew: boolean): string {
  const a = isSeveral
    ? "Dot: A, the mean, with its 95 % interval · band: lowest to highest run"
    : "Dot: A with its interval";
  return [
    a,
    ...(isCompared ? ["ring: B, thick line where the difference is clear"] : []),
    "dotted line: whole set at A",
    ...(hasFew ? [`a slice under ${FEWEST_RANKED} is not ranked`] : []),
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

export function notInRun(run: string, set: string): string {
  return `Run ${run} has no evaluation named ${set}. Choose another set, or take the run out.`;
}
