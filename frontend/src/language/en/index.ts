/**
 * Every sentence and label of the page; those of a view are in the folder `en/` of its own. Plain functions of plain
 * values, so that another language is another file.
 */

import { grouped } from "../numbers";
import { type Sentence, sentence, strong } from "../sentence";

/** Names of the page's regions and lists, for screen readers too. */
export const VIEWS_LABEL = "views";
export const PAGE_TITLE = "SeqViz";

export function pageTitle(view: string): string {
  return `${PAGE_TITLE}, ${view}`;
}

export const READING_LINE = "reading line";
export const RAIL_BUTTON = "left side";
export const RAIL = "what to show";
export const RUNS = "Runs";
export const RUNS_LABEL = "runs";
export const EXAMPLE = "Example";
export const EXAMPLES_LABEL = "examples";
export const PREVIOUS_MATCH = "Previous match";
export const NEXT_MATCH = "Next match";

export const DETAILS = "details";
export const EXPORT = "export";

export const EMPTY_TOKEN = "empty token";

export const KEYS_LABEL = "keys";
export const KEY_SHEET_TITLE = "Keys (?)";
export const CLOSE = "Close";

export function gone(detail: string): string {
  return `TensorBoard does not answer (${detail}). What you see is kept; the page goes on by itself when it is there again.`;
}

export function broken(detail: string): string {
  return `TensorBoard's answer could not be used: ${detail}`;
}

export function recordFailed(run: string, step: number, detail: string): string {
  return `Step ${count(step)} of run ${run} could not be read: ${detail} Choose another step.`;
}

export function stepDropped(wanted: number, shown: number): string {
  return `TensorBoard does not hold step ${count(wanted)}; the nearest that it holds is shown, ${count(shown)}.`;
}

export function unknownRuns(unknown: string[], shown: string[]): string {
  const which = unknown.length === 1 ? `no run ${unknown[0]}` : `none of the runs ${unknown.join(", ")}`;
  return `The log directory has ${which}; shown is ${shown.join(", ")}.`;
}

export function unknownExample(unknown: string, shown: string): string {
  return `There is no example ${unknown} in these runs; shown is ${shown}.`;
}

export function newerVersion(series: string[]): string {
  const rest = series.length > 3 ? ` and ${series.length - 3} more` : "";
  const names = series.slice(0, 3).join(", ") + rest;
  return `Written by a newer version of the plugin and left out: ${names}. Upgrade with: pip install -U tb-seqviz-plugin`;
}

export function damagedRuns(runs: string[]): string {
  const rest = runs.length > 3 ? ` and ${runs.length - 3} more` : "";
  return `TensorBoard cannot read the event files of ${runs.slice(0, 3).join(", ")}${rest}; they are damaged, and left out.`;
}

export const WAITING_FOR_LIST = "Waiting for TensorBoard to list what it has loaded …";

export function waitingForSteps(run: string): string {
  return `Waiting for the steps of run ${run} …`;
}

/** Of a run whose first record comes after a step that is looked at. */
export function notYet(run: string, first: number, step: number): string {
  return `Run ${run} begins at step ${count(first)}, after step ${count(step)}.`;
}

/** Names and titles of what the step bar holds. */
export const STEP_BAR = {
  steps: "steps",
  previous: "previous step",
  previousTitle: "Previous step (←)",
  next: "next step",
  nextTitle: "Next step (→)",
  play: "play",
  playTitle: "Play through the steps (Space)",
  stop: "stop",
  stopTitle: "Stop (Space)",
  stepShown: "A, the step shown",
  stepCompared: "B, what it is compared with",
  stopComparing: "stop comparing",
  stopComparingTitle: "Stop comparing (Esc)",
} as const;

/** What the step bar draws. */
export const LOSS = "loss";
export const NO_LINE = "no line";
export const LINE_HEADING = "What the bar draws, and how it is spaced";
export const SPACING_NAMES = { records: "one place per record", steps: "linear in steps" } as const;

/** B. */
export const COMPARE_WITH = "compare with …";
export const COMPARE_NARROW = "compare";
export const COMPARE_HEADING = "Compare with; Shift-click the bar for any step";
export const PREVIOUS_STEP = "the step before";
export const FIRST_STEP = "the first step";

/** Where A or B is; `run` is null where all is of one run. */
export function placeInSteps(step: number, isLast: boolean): Sentence {
  const at = stepName(step);
  return isLast ? sentence`${strong(at)}, the last` : sentence`${strong(at)}`;
}

/** The same where there is no room. */
export function stepBrief(step: number): Sentence {
  return sentence`${strong(count(step))}`;
}

/** `value` is null where it is not known, `written` is in seconds since 1970. */
export function recordPointedAt(step: number, line: string, value: string | null, written: number | null): string {
  const at = written === null ? "" : ` · ${instant(written)}`;
  return value === null ? stepName(step) + at : `${stepName(step)} · ${line} ${value}${at}`;
}

/** A word of a caption, for screen readers. */
export function wordLabel(heading: string, text: string): string {
  return `${text}; ${heading}`;
}

export function newestTitle(step: number): string {
  return `Go to step ${count(step)} and follow (End)`;
}

export function stepsDropped(held: number, logged: number): string {
  return `TensorBoard holds ${count(held)} of ${count(logged)} logged steps. Start it with --samples_per_plugin seqviz=0 to keep all.`;
}

export function newSteps(number: number): string {
  return number === 1 ? "1 new step" : `${count(number)} new steps`;
}

let instants: Intl.DateTimeFormat | null = null;

function instant(seconds: number): string {
  // Takes longer to make than all else here, and nothing needs it before a record is pointed at.
  instants ??= new Intl.DateTimeFormat(undefined, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  return instants.format(new Date(seconds * 1000));
}

export function count(number: number): string {
  return grouped(number);
}

export const COPY = "Copy";
export const COPIED = "Copied";
export const HIDE_RAIL = "Hide runs and lists";
export const SHOW_RAIL = "Show runs and lists";
export const FILTER_RUNS = "Find a run";
export const NO_RUN_MATCHES = "No run has this in its name.";

export const TRY_AGAIN = "Draw again";
export const TRY_NOW = "Try now";
export const CLOSE_NOTICE = "close";

export function viewNotLoaded(detail: string): string {
  return `This view could not be loaded (${detail}). The page tries again; if TensorBoard was upgraded meanwhile, reload it.`;
}

export function drawingFailed(detail: string): string {
  return `The page could not draw this record (${detail}). Choose another step or layer and draw again; please report it.`;
}

export function quoted(text: string): string {
  return `“${text}”`;
}

export function stepName(step: number): string {
  return `step ${count(step)}`;
}

export function measureAtStep(step: number, value: string): string {
  return `${stepName(step)}: ${value}`;
}

export function measureOverSteps(measure: string, steps: number, least: string, most: string): string {
  return `${measure} over ${count(steps)} steps, from ${least} to ${most}`;
}
