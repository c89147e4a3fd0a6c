/**
 * Every sentence and label of the page; those of a view are in a file of this name in its folder. Plain functions of plain
 * values, so that another language is another file.
 */

import type { View } from "./store/place";
import type { Action } from "./ui/keys";
import type { LayerHeader, Role } from "./wire/schema.gen";

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
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
export const LAYERS_LABEL = "layers";

export const VIEW_NAMES: Record<View, string> = { attention: "Attention" };

export const ROLE_NAMES: Record<Role, string> = {
  "encoder self": "Encoder self-attention",
  "decoder self": "Decoder self-attention",
  cross: "Cross-attention",
  other: "Other attention",
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
};

export const KEYS_LABEL = "keys";
export const KEY_SHEET = "Keys";
export const KEY_SHEET_TITLE = "Keys (?)";
export const CLOSE = "Close";

export const MORE_HELP: readonly (readonly [string, string])[] = [
  ["Hover", "Explain what is under the pointer"],
  ["Click", "Pin a query, or select a head"],
  ["Double-click", "Isolate a head, or show all of them"],
  ["Wheel, drag", "Zoom and move the matrix"],
  ["+ − 0", "The same by keys, with the matrix in focus"],
  ["Shift and arrows", "Move its crosshair; Enter pins the query"],
];

export const CALLBACK_LINES = `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`;

export const NO_DATA =
  "No attention logged yet. Add AttentionLogger(log_dir, inputs) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.";

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

export function unknownLayer(unknown: string, shown: string): string {
  return `There is no layer ${unknown} in this record; shown is ${shown}.`;
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

export function waitingForRecord(step: number, layer: string | null): string {
  return `Waiting for step ${count(step)}${layer ? ` of ${layer}` : ""} …`;
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
  return numbers.format(number);
}

export function headName(head: number): string {
  return `head ${head}`;
}

/** Names and terms of the details. */
export const DETAILS = {
  details: "details",
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

export function headAtStep(head: number, step: number): string {
  return `${headName(head)} at step ${count(step)}`;
}

export const QUANTISED =
  "Weights are stored in 256 levels per row: a shown weight differs from the true one by at most the row's maximum / 255.";
export const POOLED = "Thumbnails of long sequences show the largest weight of each block.";
export const HOVER_HINT = "Point at a cell or a token to read its weight; click to pin the query.";

export const COPY = "Copy";
export const COPIED = "Copied";
export const HIDE_RAIL = "Hide runs, examples and layers";
export const SHOW_RAIL = "Show runs, examples and layers";
export const FILTER_RUNS = "Find a run";
export const NO_RUN_MATCHES = "No run has this in its name.";

/** Tells the further calls of a layer apart; "" for the first. */
export function callSuffix(call: number): string {
  return call > 0 ? ` · call ${call + 1}` : "";
}

export function layerTitle(layer: LayerHeader): string {
  const heads = `${count(layer.heads)} ${layer.heads === 1 ? "head" : "heads"}`;
  const made = layer.class_name ? `${layer.class_name}, ` : "";
  return `${layer.path} · ${made}${heads}, ${count(layer.queries)} queries × ${count(layer.keys)} keys`;
}

export const TRY_AGAIN = "Draw again";

export function drawingFailed(detail: string): string {
  return `The page could not draw this record (${detail}). Choose another step or layer and draw again; please report it.`;
}
