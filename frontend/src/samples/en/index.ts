/** Every sentence and label of the samples view; those of the page are in `language/en.ts`. */

import { count, quoted } from "../../language/en";
import { joined, type Sentence, sentence, strong, word } from "../../language/sentence";
import type { Unit } from "../../tokens/diff";
import { formatFigure } from "../../ui/figures";
import type { Sign } from "../find/limits";
import { type Column, columnOfKey } from "../grid/grid";
import type { Marks, Rows } from "../place";
import type { BeamNode } from "../types";

export { REMARKS } from "./remarks.gen";

/** Names of the regions and lists, for screen readers too. */
export const GROUPS = "Group";
export const PROMPTS = "Prompts";
export const PROMPTS_LABEL = "prompts";
export const GRID = "samples";
export const SEARCH_LABEL = "search";
export const FOUND = "found";
export const TREE_PANE = "beam search";
export const TEXT = "text";

export const EMPTY_PROMPT = "(empty prompt)";
export const NOTHING_GENERATED = "(nothing was generated)";
export const EMPTY_TEXT = "empty text";
export const NOT_SAMPLED = "not sampled at this step";

export function waitingForTexts(run: string): string {
  return `Waiting for the texts of run ${run} …`;
}

export function tokensFailed(detail: string): string {
  return `The tokens of this text could not be read: ${detail}`;
}

export function textsFailed(run: string, detail: string): string {
  return `The texts of run ${run} could not be read: ${detail} Choose another run, or log it again.`;
}

const MOST_STEPS = 3;

export function stepsFailed(run: string, steps: readonly number[], detail: string): string {
  const shown = steps.slice(0, MOST_STEPS).map(count).join(", ");
  const rest = steps.length > MOST_STEPS ? ` and ${count(steps.length - MOST_STEPS)} more` : "";
  return steps.length === 1
    ? `Step ${shown} of run ${run} could not be read, and is left out: ${detail}`
    : `Steps ${shown}${rest} of run ${run} could not be read, and are left out: ${detail}`;
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

export { stepName as rowName } from "../../language/en";

export function cellName(row: string, column: string): string {
  return `${row}, ${column}`;
}

export function heldAt(step: number): string {
  return `of step ${count(step)}`;
}

/** Where only some of the columns are in sight, how many. */
export function columnsName(inSight: number, columns: number): string {
  return inSight < columns ? `${count(inSight)} of ${count(columns)} temperatures` : "temperatures";
}

export function columnAlone(column: Column): string {
  return `${columnName(column)} alone`;
}

/** As a row's name, below the word "temperature". */
export function briefColumnName({ temperature, beams }: Column): string {
  return beams > 0 || temperature === 0 ? columnName({ temperature, beams, key: "" }) : String(temperature);
}

/** What each word of the caption stands for. */
export const CAPTION_HEADINGS = {
  run: "Run",
  runA: "Run of A",
  runB: "Run of B",
  group: "Group",
  prompt: "Prompt (↑ ↓)",
  rows: "Rows",
  columns: "Columns ([ ], d)",
  column: "Temperature ([ ])",
  repeat: "Sample (, .)",
  shade: "Shade (s)",
  marks: "What is underlined",
  unit: "Compared",
  measure: "Bar",
} as const;

interface Caption {
  rows: Rows;
  areSeveralRuns: boolean;
  isOfTwoRuns: boolean;
  areSeveralGroups: boolean;
  areSeveralRepeats: boolean;
  hasMeasures: boolean;
}

function writer({ areSeveralRuns, isOfTwoRuns }: Caption): Sentence {
  if (isOfTwoRuns) return sentence`What ${word("run")} and ${word("runB")} write`;
  return areSeveralRuns ? sentence`What ${word("run")} write` : sentence`What ${word("run")} writes`;
}

function ofGroup({ areSeveralGroups }: Caption): Sentence {
  return areSeveralGroups ? sentence` (${word("group")})` : [];
}

function thenRepeat({ areSeveralRepeats }: Caption): Sentence {
  return areSeveralRepeats ? sentence`, ${word("repeat")}` : [];
}

function thenBar({ hasMeasures }: Caption): Sentence {
  return hasMeasures ? sentence`, bar ${word("measure")}` : [];
}

export function gridCaption(caption: Caption): Sentence {
  const { rows, areSeveralRuns } = caption;
  const after = rows === "steps" ? sentence` after ${word("prompt")}` : [];
  const at = areSeveralRuns ? sentence` at ${word("column")}` : [];
  const across: Sentence = areSeveralRuns ? ["runs"] : [word("columns")];
  return sentence`${writer(caption)}${after}${ofGroup(caption)}${at}: ${word("rows")} down, ${across} across${thenRepeat(caption)}, shaded by ${word("shade")}, ${word("marks")} underlined${thenBar(caption)}.`;
}

export function documentCaption(caption: Caption): Sentence {
  const what = caption.areSeveralRuns ? word("column") : word("columns");
  return sentence`${writer(caption)} after ${word("prompt")}${ofGroup(caption)} at ${what}${thenRepeat(caption)}, shaded by ${word("shade")}, ${word("marks")} underlined${thenBar(caption)}.`;
}

export function comparedCaption(caption: Caption): Sentence {
  const at = caption.rows === "steps" ? sentence` after ${word("prompt")}` : sentence` at ${word("column")}`;
  return sentence`${writer(caption)}${at}${ofGroup(caption)}, A beside B: ${word("rows")} down${thenRepeat(caption)}, underlined where they differ, ${word("unit")}${thenBar(caption)}.`;
}

export const ROWS_NAMES: Record<Rows, string> = { steps: "steps", prompts: "prompts" };
/** Where A stands beside B, each at one step. */
export const COMPARED_ROWS_NAMES: Record<Rows, string> = { steps: "temperatures", prompts: "prompts" };
export const ROWS_MEANINGS: Record<Rows, string> = {
  steps: "every step of the chosen prompt",
  prompts: "every prompt at step A",
};

const LONGEST_PROMPT = 40;

/** A prompt as a word of the caption. */
export function shortPrompt(prompt: string): string {
  if (prompt === "") return EMPTY_PROMPT;
  const letters = [...prompt.trim()];
  return quoted(
    letters.length > LONGEST_PROMPT ? `${letters.slice(0, LONGEST_PROMPT - 1).join("")}…` : letters.join(""),
  );
}

export function runsCount(runs: number): string {
  return `${count(runs)} runs`;
}

/** `repeat`: null for all of them. */
export function repeatName(repeat: number | null, repeats: number): string {
  return repeat === null ? `all ${count(repeats)} samples` : `sample ${repeatOf(repeat, repeats)}`;
}

export const REPEAT = "repeat";

export function repeatOf(repeat: number, repeats: number): string {
  return `${count(repeat + 1)} of ${count(repeats)}`;
}

export const SHADE_NAMES = { probability: "probability", nothing: "nothing" } as const;
export const SHADE_MEANING = "shade: each one darker halves the probability, down to 1/32";
export const MARKS_NAMES: Record<Marks, string> = {
  nothing: "nothing",
  new: "what is new",
  reference: "what differs from the reference",
};
export const MARKS_MEANINGS: Partial<Record<Marks, string>> = { new: "since the step before" };
export const UNIT_NAMES: Record<Unit, string> = { word: "word by word", character: "character by character" };
export const UNDERLINES = "solid underline: only in A · dotted: only in B";

/** Heads of the layout that compares. */
export const STEP_HEAD = "step";
export const PROMPT_HEAD = "prompt";
export const TEMPERATURE_HEAD = "temperature";
export const REFERENCE_HEAD = "reference";

export function runAndStep(run: string | null, step: string): string {
  return run === null ? step : `${run}, ${step}`;
}

export function barsOfBoth(measure: string): string {
  return `${measure}, A and B`;
}

export const ALONE_HINT = "double-click: alone";

export function moreLines(lines: number, isAbout: boolean): string {
  return isAbout ? `+ about ${count(lines)} lines` : `+ ${count(lines)} lines`;
}

export const FEWER_LINES = "fewer lines";

/** What the reading line says. */
export const HINTS: Record<"grid" | "document" | "compared", Sentence> = {
  grid: sentence`Point at a word: how probable it was, and what could have come instead.`,
  document: sentence`Reading one column. ← → another step · [ ] another temperature · Esc back to all`,
  compared: [],
};

/** `probability` is null where it is not known, `rank` 0. */
export function tokenRead(
  token: string,
  probability: string | null,
  rank: number,
  others: readonly { token: string; probability: string }[],
): Sentence {
  const sure = probability === null ? sentence`probability not known` : sentence`probability ${probability}`;
  const place = rank > 0 ? sentence`, rank ${count(rank)}` : [];
  const list = joined(
    others.map((other) => sentence`${other.token} ${other.probability}`),
    ", ",
  );
  const instead = others.length > 0 ? sentence`; instead: ${list}` : [];
  return sentence`${strong(token)} ${sure}${place}${instead}`;
}

export function beginAlike(rows: readonly { name: string; words: number }[]): Sentence {
  const list = rows.map(({ name, words }) => `${words === 1 ? "1 word" : `${count(words)} words`} at ${name}`);
  return sentence`Same beginning: ${list.join(", ")}`;
}

export function notCompared(runs: readonly string[]): string {
  return `Neither A nor B, so not shown until B is closed: ${runs.join(", ")}.`;
}

export const NOTHING_TO_COMPARE = "nothing to compare with";
export const COMPARED_COARSELY = "compared in large pieces: too much differs";
export const CLOSE_PANE = "close";

export const MEASURES_LABEL = "measures";
export const MEASURES_OVER_STEPS = "Measures over the steps";
export const NO_MEASURE = "nothing";

/** What the bars stand for, and how. */
export function barName(measure: string, isLogarithmic: boolean): string {
  return isLogarithmic ? `${measureName(measure)}, logarithmic` : measureName(measure);
}

const MEASURES: Record<string, { name: string; meaning: string }> = {
  log_probability: {
    name: "log-probability",
    meaning: "Mean natural logarithm of the tokens' probabilities: nearer to 0 is surer",
  },
  perplexity: { name: "perplexity", meaning: "exp of minus the mean log-probability: lower is surer" },
  length: { name: "length", meaning: "Number of tokens; of words where only the text is known" },
  distinct_1: { name: "distinct-1", meaning: "Distinct tokens divided by all: 1 is no repetition" },
  distinct_2: { name: "distinct-2", meaning: "Distinct pairs of tokens divided by all pairs" },
  distinct_3: { name: "distinct-3", meaning: "Distinct triples of tokens divided by all triples" },
  longest_repeat: {
    name: "longest repeat",
    meaning: "Share of the tokens in the longest run of one phrase back to back",
  },
  repetitive: {
    name: "repetitive",
    meaning: "1 where one phrase back to back makes up much of the text",
  },
  copied: { name: "copied", meaning: "Share of the n-grams that occur in the training corpus" },
  exact_match: { name: "exact match", meaning: "1 where the text is the reference" },
  edit_distance: {
    name: "edit distance",
    meaning: "Levenshtein distance to the reference, in characters",
  },
  chrf: { name: "chrF", meaning: "Character n-gram F-score against the reference, 0 to 100" },
  bleu: { name: "BLEU", meaning: "BLEU against the reference, 0 to 100" },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function measureMeaning(measure: string): string {
  return MEASURES[measure]?.meaning ?? "";
}

/** `share`: of the longest run of one phrase. */
export function repeats(share: string): string {
  return `repeats ${share}`;
}

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

export function textsToSave(isFound: boolean, total: number): string {
  return `${isFound ? "what is found" : "all texts in sight"}: ${total === 1 ? "one text" : `${count(total)} texts`}`;
}

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

/** What is said of a search. `detail`: what the browser says of it. */
export function invalidExpression(query: string, detail: string): string {
  const reason = detail.slice(detail.lastIndexOf(": ") + 1).trim();
  return `“${query}” is not a regular expression (${reason}). Correct it, or search for it as plain text.`;
}

export function searchTooSlow(query: string): string {
  return `The search for “${query}” was stopped after a second. Make the expression simpler: repeats inside repeats, such as (a+)+, take that long.`;
}

export function searchFailed(detail: string): string {
  return `The search could not be started: ${detail}. Reload the page.`;
}
