/** Every sentence and label of the samples view; those of the page are in `language/en.ts`. */

import { count } from "../../language/en";
import { formatFigure } from "../../ui/figures";
import type { Sign } from "../find/limits";
import { type Column, columnOfKey } from "../grid/grid";
import { type Comparison, type Lines, MOST_LINES, type Rows, type Unit } from "../place";
import type { BeamNode } from "../types";

export * from "./view";

/** Names of the regions and lists, for screen readers too. */
export const GROUPS = "Group";
export const PROMPTS = "Prompts";
export const PROMPTS_LABEL = "prompts";
export const GRID = "samples";
export const SETTINGS = "settings";
export const SEARCH_LABEL = "search";
export const FOUND = "found";
export const PANE_NAMES = { row: "whole row", tree: "beam search" } as const;
export const TEXT = "text";

export const EMPTY_PROMPT = "(empty prompt)";
export const NOTHING_GENERATED = "(nothing was generated)";
export const EMPTY_TEXT = "empty text";
export const NOT_SAMPLED = "not sampled at this step";

export function waitingForTexts(run: string): string {
  return `Waiting for the texts of run ${run} …`;
}

export function textsFailed(run: string, detail: string): string {
  return `The texts of run ${run} could not be read: ${detail} Choose another run, or log it again.`;
}

export function noGroupInRun(run: string, group: string): string {
  return `Run ${run} has no samples named ${group}. Choose another group, or take the run out.`;
}

export function unknownPrompt(wanted: number, prompts: number): string {
  return `The link asks for prompt ${count(wanted + 1)} of ${count(prompts)}; shown is the last.`;
}

/** `wanted`: the key that the link gives. */
export function unknownColumn(wanted: string, shown: Column): string {
  const column = columnOfKey(wanted);
  const name = column ? columnName(column) : `temperature “${wanted}”`;
  return `The link asks for ${name}, which was not sampled; chosen is ${columnName(shown)}.`;
}

export function columnName({ temperature, beams }: Column): string {
  if (beams > 0) return `${count(beams)} beams`;
  return temperature === 0 ? "greedy" : `temperature ${temperature}`;
}

export function shortColumnName({ temperature, beams }: Column): string {
  return beams > 0 || temperature === 0 ? columnName({ temperature, beams, key: "" }) : `t ${temperature}`;
}

export function moreColumns(number: number): string {
  return number === 1 ? "1 more column" : `${count(number)} more columns`;
}

export { stepName as rowName } from "../../language/en";

export function cellName(row: string, column: string): string {
  return `${row}, ${column}`;
}

export function heldAt(step: number): string {
  return `of step ${count(step)}`;
}

export const ROWS_LABEL = "rows";
export const ROWS_NAMES: Record<Rows, string> = { steps: "steps", prompts: "prompts" };
export const ROWS_TITLES: Record<Rows, string> = {
  steps: "Every step of the chosen prompt",
  prompts: "Every prompt at the step of the cursor",
};

export const LINES_LABEL = "lines";
export const LINES_NAMES: Record<Lines, string> = { fit: "fit", "3": "3", "6": "6", "12": "12" };
export const LINES_TITLES: Partial<Record<Lines, string>> = {
  fit: `As many as the longest text needs, ${MOST_LINES.fit} at most`,
};

export const REPEAT = "repeat";
export const PREVIOUS_REPEAT = "previous repeat";
export const NEXT_REPEAT = "next repeat";
export const ALL_REPEATS = "all";
export const ALL_REPEATS_TITLE = "List all samples of a prompt and temperature one below the other";

export function repeatOf(repeat: number, repeats: number): string {
  return `${count(repeat + 1)} of ${count(repeats)}`;
}

export const TEMPERATURE = "temperature";

export const SHADE = "shade by probability";
export const SHADE_TITLE = "The less probable a token was, the darker its ground (s)";

export const COMPARE = "compare with";
export const COMPARISON_NAMES: Record<Comparison, string> = {
  nothing: "nothing",
  before: "step before",
  pinned: "pinned step",
  reference: "reference",
  run: "run",
};
export const UNIT = "by";
export const UNIT_NAMES: Record<Unit, string> = { word: "word", character: "character" };
export const OTHER_RUN = "run to compare with";

export function pinnedStepName(step: number): string {
  return `pinned is step ${count(step)}`;
}

export const PIN_STEP = "pin this step";
export const PIN_STEP_TITLE = "Compare with the step of the cursor";
export const NOTHING_TO_COMPARE = "nothing to compare with";
export const COMPARED_COARSELY = "compared in large pieces: too much differs";

export const WHOLE_ROW = "whole row";
export const WHOLE_ROW_TITLE = "Show the row of the cursor whole, below the grid (w)";
export const CLOSE_PANE = "close";

export const MEASURES_LABEL = "measures";
export const MEASURES_OVER_STEPS = "Measures over the steps";
export const MEASURES_TITLE = "Which figures stand below each text";

const MEASURES: Record<string, { name: string; short: string; title: string }> = {
  log_probability: {
    name: "log-probability",
    short: "log p",
    title: "Mean natural logarithm of the tokens' probabilities: nearer to 0 is surer",
  },
  perplexity: { name: "perplexity", short: "ppl", title: "exp of minus the mean log-probability: lower is surer" },
  length: { name: "length", short: "len", title: "Number of tokens; of words where only the text is known" },
  distinct_1: { name: "distinct-1", short: "dist-1", title: "Distinct tokens divided by all: 1 is no repetition" },
  distinct_2: { name: "distinct-2", short: "dist-2", title: "Distinct pairs of tokens divided by all pairs" },
  distinct_3: { name: "distinct-3", short: "dist-3", title: "Distinct triples of tokens divided by all triples" },
  longest_repeat: {
    name: "longest repeat",
    short: "repeated",
    title: "Share of the tokens in the longest run of one phrase back to back",
  },
  repetitive: {
    name: "repetitive",
    short: "repetitive",
    title: "1 where one phrase back to back makes up much of the text",
  },
  copied: { name: "copied", short: "copied", title: "Share of the n-grams that occur in the training corpus" },
  exact_match: { name: "exact match", short: "exact", title: "1 where the text is the reference" },
  edit_distance: {
    name: "edit distance",
    short: "edits",
    title: "Levenshtein distance to the reference, in characters",
  },
  chrf: { name: "chrF", short: "chrF", title: "Character n-gram F-score against the reference, 0 to 100" },
  bleu: { name: "BLEU", short: "BLEU", title: "BLEU against the reference, 0 to 100" },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function shortMeasureName(measure: string): string {
  return MEASURES[measure]?.short ?? measure;
}

export function measureTitle(measure: string): string {
  return MEASURES[measure]?.title ?? measure;
}

export const REPETITIVE = "repetitive";
export const REPETITIVE_TITLE = "One phrase back to back makes up much of this text";
const NOTED = "noted";
const BROKEN = /^NaN at token [\d,]+/;

/** Whether a note says that the text ends where the model returned NaN. */
export function isOfBroken(note: string): boolean {
  return BROKEN.test(note);
}

/** Returns what stands for a note below a text. */
export function shortNote(note: string): string {
  return BROKEN.exec(note)?.[0] ?? NOTED;
}

export const SEARCH_HINT = "Search these texts (/)";
export const REGEX = ".*";
export const REGEX_TITLE = "Regular expression";
export const FILTERS_TITLE = "Which texts to look at; others turn pale";
export const FILTERED_MEASURES = "Measures";
export const FILTERED_COLUMNS = "Temperatures";
export const FILTERED_PROMPTS = "Prompts";
export const FILTERED_STEPS = "Steps";
export const FROM_STEP = "from step";
export const TO_STEP = "to step";
export const LIMITED = "measure";
export const SIGN = "comparison";
export const SIGN_NAMES: Record<Sign, string> = { ">=": "≥", "<=": "≤" };
export const BOUND = "value";
export const ADD_LIMIT = "add a measure";
export const REMOVE_LIMIT = "remove";
export const CLEAR_FILTERS = "clear all";

export function filtersName(number: number): string {
  return number === 0 ? "filters" : `filters (${count(number)})`;
}

export const SEARCHING = "searching …";

export function foundCount(number: number): string {
  if (number === 0) return "no text matches";
  return number === 1 ? "1 text" : `${count(number)} texts`;
}

export function foundNumber(at: number, number: number): string {
  return `${count(at + 1)} of ${foundCount(number)}`;
}

export const EXPORT_TITLE = "Save what is found, or all texts in sight where nothing is searched for";

export const COPY_TITLE = "Copy this text (c)";

export const TOKEN = "Token";
export const PROBABILITY = "probability";
export const RANK = "rank";
export const POSITION = "position";
export const ALTERNATIVES = "Most probable here";
export const NOT_KNOWN = "not known";
export const TOKEN_HINT = "Point at a text to read its tokens; click to pin one.";
export const NO_TOKENS = "Only the text of this sample was logged, not its tokens.";
export const BEAM_TREE = "beam tree";
export const BEAM_TREE_TITLE = "Show the hypotheses that the beam search kept";
export const NO_TREE = "The chosen text was not found by beam search, or its tree was not kept.";
export const ATTENTION_OF_TOKEN = "attention of this token";
export const ATTENTION_OF_TEXT = "attention of this text";
export const PROMPT = "Prompt";
export const REFERENCE = "Reference";
export const NONE_CHOSEN = "Click a text to read about it here.";

export const SAMPLE_LABEL = "sample; Shift and arrows choose a token, Enter pins it";

export const TREE_LABEL =
  "beam search as a tree; Shift and arrows choose a token, Enter picks it, dragging moves the tree";

export const TREE_MEANING =
  "Every row is a hypothesis, the best on top. Lines: the thicker, the more probable; a bar and the score where one ends.";

export function beamToken(token: string, { probability, score, best, end }: BeamNode): string {
  const rank = `${best ? ", of the best hypothesis" : ""}${end ? ", the end of a hypothesis" : ""}`;
  return `“${token}”: probability ${formatFigure(probability)}, score ${formatFigure(score)}${rank}`;
}

export const EMPTY_TREE = "This beam search kept no token.";

export const SHADE_LEGEND = {
  probability: "probability",
  unknown: "not known",
  title: "Each shade halves the probability; a character that several tokens make up has their joint probability",
} as const;
