/**
 * Every sentence and label of the page; those of a view are in the `en.ts` of its folder. Plain functions of plain
 * values, so that another language is another file.
 */

import type { Action } from "../store/keys";
import type { View } from "../store/place";
import { grouped } from "./numbers";

const times = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Names of the page's regions and lists, for screen readers too. */
export const VIEWS_LABEL = "views";
export const RAIL_BUTTON = "left side";
export const RAIL = "what to show";
export const RUNS = "Runs";
export const RUNS_LABEL = "runs";
export const EXAMPLE = "Example";
export const EXAMPLES_LABEL = "examples";
export const VIEW_NAMES: Record<View, string> = {
  attention: "Attention",
  samples: "Samples",
  structure: "Structure",
  embeddings: "Embeddings",
};

export const ACTION_NAMES: Record<Action, string> = {
  "previous step": "Previous step",
  "next step": "Next step",
  "first step": "First step",
  "newest step": "Newest step, and follow new ones",
  play: "Play through the steps, or stop",
  "previous layer": "Previous layer",
  "next layer": "Next layer",
  "previous head": "Previous head",
  "next head": "Next head",
  find: "Find a run",
  release: "Release the pin, close this sheet",
  help: "Show the keys",
  "layer above": "Layer that it comes from",
  "layer below": "Layer that it goes to",
  "layer to the left": "Layer to the left",
  "layer to the right": "Layer to the right",
  open: "Open the chosen group, or close it",
  "zoom in": "Zoom in",
  "zoom out": "Zoom out",
  fit: "Show the whole drawing",
  masks: "Draw masks, or leave them out",
  "previous prompt": "Previous prompt",
  "next prompt": "Next prompt",
  "previous temperature": "Previous temperature",
  "next temperature": "Next temperature",
  "previous repeat": "Previous repeat",
  "next repeat": "Next repeat",
  shade: "Shade tokens by probability, or stop",
  "whole row": "Show the row of the cursor whole, or stop",
  copy: "Copy the chosen text",
  "previous word": "Previous word of the list",
  "next word": "Next word of the list",
  "word before": "Back to the word before",
  pin: "Pin the chosen word, or release it",
  metric: "Cosine similarity, or Euclidean distance",
  search: "Search",
  "next match": "Next match",
  "previous match": "Previous match",
};

export const EMPTY_TOKEN = "empty token";

export const KEYS_LABEL = "keys";
export const KEY_SHEET = "Keys";
export const KEY_SHEET_TITLE = "Keys (?)";
export const CLOSE = "Close";

export const MORE_HELP: Record<View, readonly (readonly [string, string])[]> = {
  attention: [
    ["Hover", "Explain what is under the pointer"],
    ["Click", "Pin a query, or select a head"],
    ["Double-click", "Isolate a head, or show all of them"],
    ["Wheel, drag", "Zoom and move the matrix"],
    ["+ − 0", "The same by keys, with the matrix in focus"],
    ["Shift and arrows", "Move its crosshair; Enter pins the query"],
  ],
  samples: [
    ["Hover", "Explain the token under the pointer"],
    ["Click", "Choose a text, pin a token of it"],
    ["Enter", "In the search field: next match; with Shift the one before"],
  ],
  structure: [
    ["Click", "Choose a layer or a line"],
    ["Double-click", "Open a group, or close it"],
    ["Wheel, drag", "Zoom and move the drawing"],
  ],
  embeddings: [
    ["Hover", "Mark a word wherever it is"],
    ["Click", "Choose a word; with Shift, pin it"],
    ["Wheel, drag", "Zoom and move the map; double-click shows all of it"],
  ],
};

/** What to write in a training script, by what it logs. */
export const CALLBACK_LINES: Record<View, string> = {
  attention: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  samples: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
  structure: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
  embeddings: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
};

export const NO_DATA: Record<View, string> = {
  attention:
    "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  samples:
    "No samples logged yet. Add SampleLogger(log_dir, prompts, tokenizer=tokenizer) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  structure:
    "No structure logged yet. Add StructureLogger(log_dir, inputs) to model.fit(callbacks=[...]); the model appears here as soon as training begins.",
  embeddings:
    "No embeddings logged yet. Add EmbeddingLogger(log_dir, labels=vocabulary) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
};

export function gone(detail: string): string {
  return `TensorBoard does not answer (${detail}). Start it again with the same address; the page goes on by itself.`;
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

export const WAITING_FOR_LIST = "Waiting for TensorBoard to list what it has loaded …";

export function waitingForSteps(run: string): string {
  return `Waiting for the steps of run ${run} …`;
}

/** Names and titles of what the step bar holds. */
export const STEP_BAR = {
  steps: "steps",
  step: "step",
  previous: "previous step",
  previousTitle: "Previous step (←)",
  next: "next step",
  nextTitle: "Next step (→)",
  play: "play",
  playTitle: "Play through the steps (Space)",
  stop: "stop",
  stopTitle: "Stop (Space)",
} as const;

export function newestTitle(step: number): string {
  return `Go to step ${count(step)} and follow (End)`;
}

export function stepOf(step: number, last: number): string {
  return `step ${count(step)} of ${count(last)}`;
}

export function kept(held: number, logged: number): string {
  return `${count(held)} of ${count(logged)} logged steps`;
}

export function keptTitle(held: number, logged: number): string {
  return held < logged
    ? "TensorBoard keeps a sample of the steps. Start it with --samples_per_plugin seqviz=0 to keep all."
    : "TensorBoard holds every step that was logged.";
}

export function newSteps(number: number): string {
  return number === 1 ? "1 new step" : `${count(number)} new steps`;
}

export function clock(seconds: number): string {
  return times.format(new Date(seconds * 1000));
}

export function instant(seconds: number): string {
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

export function viewNotLoaded(detail: string): string {
  return `This view could not be loaded (${detail}). Reload the page; if TensorBoard was upgraded meanwhile, start it again.`;
}

export function drawingFailed(detail: string): string {
  return `The page could not draw this record (${detail}). Choose another step or layer and draw again; please report it.`;
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
