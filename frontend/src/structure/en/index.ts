/** Every sentence and label of the structure view. */

import { compact, grouped as count, ENGLISH_UNITS } from "../../language/numbers";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import type { Labels } from "../place";
import type { EdgeKind, LayerRole } from "../types";
import type { ScaleKind } from "../values";

export { REMARKS } from "./remarks.gen";

export const ROLE_NAMES: Record<Exclude<LayerRole, "">, string> = {
  encoder: "encoder",
  decoder: "decoder",
  attention: "attention",
  embedding: "embedding",
  output: "output head",
};

export const KIND_NAMES: Record<EdgeKind, string> = { data: "data", state: "state", mask: "mask" };
export const KIND_TITLES: Record<EdgeKind, string> = {
  data: "What layers compute with",
  state: "State of recurrent layers",
  mask: "Masks: which positions count",
};

export const SCALAR = "scalar";
export const SHARED = "shared";
export const NOT_CALLED = "not called";

export function callsText(calls: number): string {
  return calls < 0 ? "called × ?" : `called × ${count(calls)}`;
}

export function loopText(turns: number): string {
  return turns < 0 ? "loop × ?" : `loop × ${count(turns)}`;
}

/** What a group computes beside the layers in it. */
export function itself(className: string): string {
  return `${className} itself`;
}

export function tensorCount(number: number): string {
  return number === 1 ? "1 tensor" : `${count(number)} tensors`;
}

export function bundleName(layers: number): string {
  return layers === 1 ? "1 layer" : `${count(layers)} layers`;
}

export const LABEL_NAMES: Record<Labels, string> = { axes: "with axes", sizes: "sizes", none: "none" };
export const MASK_NAMES = { shown: "drawn", hidden: "left out" } as const;
/** What each word of the caption stands for. */
export const CAPTION_HEADINGS = {
  run: "Run",
  model: "Model",
  colour: "Colour",
  levels: "Open",
  labels: "Shapes",
  masks: "Masks (m)",
  warned: "Layers",
} as const;

/** How values become colours. */
export const SCALES: Record<ScaleKind, string> = {
  log: " on a logarithmic scale over all steps",
  share: "",
  signed: " on a scale around 0 over all steps",
};

/** `scale`: one of `SCALES`, "" where nothing is measured. */
export function caption(areSeveral: boolean, scale: string, hasMasks: boolean): Sentence {
  const of = areSeveral ? sentence` (${word("model")})` : [];
  const masks = hasMasks ? sentence`, masks ${word("masks")}` : [];
  return sentence`Layers of ${word("run")}${of}, coloured by ${word("colour")}${scale}, ${word("levels")}, shapes ${word("labels")}${masks}.`;
}

export function levelsOpen(levels: number): string {
  return levels === 1 ? "one level open" : `${count(levels)} levels open`;
}

export const SOME_OPEN = "some groups open";
export const AS_MANY_AS_FIT = "as many levels as can be read";

/** How training does. */
export const HEALTHY = sentence`No NaN or infinite values, nothing dead.`;
export const FINITE = sentence`No NaN or infinite values.`;

function andMore(layers: number): string {
  return layers > 1 ? ` and ${count(layers - 1)} more` : "";
}

export function healthBroken(step: number, layers: number): Sentence {
  return sentence`NaN or infinite numbers at step ${count(step)} in ${word("layer")}${andMore(layers)}.`;
}

export function healthDead(layers: number): Sentence {
  return sentence`No NaN or infinite values, but no gradient at all in ${word("layer")}${andMore(layers)}.`;
}

export function healthStarved(times: string, since: number, layers: number): Sentence {
  const others = layers > 1 ? `; ${count(layers - 1)} more so` : "";
  return sentence`No NaN or infinite values, nothing dead, but ${word("layer")} gets ${times} times less gradient than its neighbours, since step ${count(since)}${others}.`;
}

/** The table beside the drawing. */
export const TABLE = "layers over steps";
export const TABLE_AXES = "layer ↓ step →";
export const AT_A = "at A";
export const NOT_MEASURED = "not measured";
export const UPDATE_MEANING =
  "Norm of what training changed in the weights, over their norm, from 1e−5 to 1e−1; grey: where it usually is; red: ten times beyond it, and below it also ten times less than most layers";

export function tableLabel(statistic: string): string {
  return `${statistic}, layers down, steps across`;
}

export function lineLabel(statistic: string, least: string, most: string): string {
  return `${statistic} over the steps, from ${least} to ${most}`;
}

interface ValueAtStep {
  value: string;
  step: number;
}

/** `ratio`: update / weight, null where it is not known. */
export function layerRead(
  path: string,
  statistic: string,
  now: ValueAtStep,
  largest: ValueAtStep,
  ratio: string | null,
): Sentence {
  const update = ratio === null ? "" : ` · update / weight ${ratio}`;
  return sentence`${strong(path)} ${statistic} ${now.value} at step ${count(now.step)}, largest ${largest.value} at step ${count(largest.step)}${update}`;
}

export const HINT_LINE = sentence`Click a layer to choose it, double-click to open it.`;
export const HINT_WITH_TABLE = sentence`Click a layer to choose it, double-click to open it; in the table a click chooses layer and step.`;
export const DRAWING_HELP =
  "structure of the model; arrows up and down go along what flows, Shift with left and right beside it, Enter opens and closes";
export const MODELS = "Model";
export const FIT = "fit";
export const FIT_TITLE = "Show the whole drawing (0)";
export const ZOOM_IN_TITLE = "Zoom in (+)";
export const ZOOM_OUT_TITLE = "Zoom out (−)";
export const WHOLE_DRAWING = "the whole drawing, as it is opened and coloured";
export const SEARCH_HINT = "Find a layer (/)";
export const SEARCH_LABEL = "search";

export function matchCount(number: number): string {
  if (number === 0) return "no layer matches";
  return number === 1 ? "1 layer" : `${count(number)} layers`;
}

export function matchNumber(at: number, number: number): string {
  return `${count(at + 1)} of ${matchCount(number)}`;
}

/** What colours and figures can stand for, beside the statistics. */
export const OTHER_COLOURS = { role: "role", parameters: "parameters" } as const;

const STATISTIC_NAMES: Record<string, { name: string; title: string }> = {
  parameter_norm: { name: "norm of parameters", title: "Root of the sum of squares of all weights" },
  parameter_mean: { name: "mean of parameters", title: "Mean of all weights" },
  parameter_deviation: { name: "deviation of parameters", title: "Standard deviation of all weights" },
  parameter_zeros: { name: "zero parameters", title: "Share of the weights that is exactly 0" },
  parameter_not_finite: { name: "parameters not finite", title: "Share of the weights that is NaN or infinite" },
  update_ratio: {
    name: "update / weight",
    title: "Norm of what training changed in the trainable weights, over their norm before",
  },
  gradient_norm: {
    name: "gradient norm",
    title: "Norm of the gradient of the loss on the probe batch by the trainable weights",
  },
  gradient_mean: { name: "mean gradient", title: "Mean of the gradient" },
  gradient_deviation: { name: "deviation of gradient", title: "Standard deviation of the gradient" },
  gradient_zeros: { name: "zero gradients", title: "Share of the gradient that is exactly 0" },
  gradient_not_finite: { name: "gradients not finite", title: "Share of the gradient that is NaN or infinite" },
  activation_norm: { name: "activation norm", title: "Norm of what the layer returned for the probe batch" },
  activation_mean: { name: "mean activation", title: "Mean of what the layer returned" },
  activation_deviation: { name: "deviation of activation", title: "Standard deviation of what the layer returned" },
  activation_zeros: { name: "zero activations", title: "Share of what the layer returned that is exactly 0" },
  activation_not_finite: {
    name: "activations not finite",
    title: "Share of what the layer returned that is NaN or infinite",
  },
  activation_saturated: {
    name: "saturation",
    title: "Share of a bounded activation, or of gates, in the outer tenths of its range",
  },
};

export function shortCount(number: number): string {
  return compact(number, ENGLISH_UNITS);
}

export function parameterCount(number: number): string {
  return `${shortCount(number)} params`;
}

export function parameterTitle(number: number): string {
  return number === 1 ? "1 parameter" : `${count(number)} parameters`;
}

export function statisticName(name: string): string {
  return STATISTIC_NAMES[name]?.name ?? name;
}

export function statisticTitle(name: string): string {
  return STATISTIC_NAMES[name]?.title ?? name;
}

export const LEGEND = {
  log: "shared with the table, at most four decades",
  share: "share, from none to all",
  signed: "linear around 0, over all layers and steps",
  none: "nothing measured",
  strip: "a box for several layers shows each of them as a cell",
} as const;

export function ofStep(step: number): string {
  return `of step ${count(step)}`;
}

/** Whom a note is about. */
export function ofLayers(paths: readonly string[]): string {
  return paths.length > 1 ? `${paths[0]} and ${count(paths.length - 1)} more` : `${paths[0]}`;
}

export const NOT_FINITE = "NaN";
export const NOT_FINITE_TITLE = "Holds numbers that are NaN or infinite at this step";

export const HINT = "Click a layer or a line to read about it here; double-click opens and closes.";
export const ROW = {
  class: "class",
  role: "role",
  parameters: "own parameters",
  total: "including sublayers",
  trainable: "trainable",
  dtype: "dtype",
  calls: "calls",
  shared: "weights of",
  layers: "layers",
} as const;
export const INPUTS = "Inputs";
export const OUTPUTS = "Outputs";
export const CONFIG = "Made with";
export const STATISTICS = "Statistics";
export const STATISTICS_LABEL = "statistics";
export const OVER_TIME = "Gradient over time";
export const OVER_TIME_TITLE = "Norm of d loss / d state after each time step, at this step";
export const OPEN = "open";
export const CLOSE = "close";
export function overSteps(name: string, steps: number): string {
  return `${name}, over ${steps === 1 ? "1 step" : `${count(steps)} steps`}`;
}

export const OPEN_TITLE = "Show what is inside (Enter)";
export const CLOSE_TITLE = "Show it as one box (Enter)";
export const SHOW_ATTENTION = "attention weights";
export const SHOW_PROJECTOR = "Projector";
export const SHOW_VECTORS = "vectors and neighbours";
export const FROM = "from";
export const TO = "to";
export const AS = "as";
export const THROUGH = "through";
export const MODEL_INPUT = "input of the model";
export const MODEL_OUTPUT = "output of the model";
export const NOT_IN_STATISTICS = "No statistics of this layer.";

export function moreTensors(number: number): string {
  return `and ${count(number)} more`;
}

export function examplesNote(examples: number): string {
  return examples === 1 ? "On a probe batch of 1 example." : `On a probe batch of ${count(examples)} examples.`;
}

export function noStructureInRun(run: string, name: string): string {
  return `Run ${run} has no structure ${name}. Choose another model, or log it there too.`;
}

export function structureFailed(run: string, detail: string): string {
  return `The structure of run ${run} could not be read: ${detail}`;
}

export function layoutFailed(detail: string): string {
  return `The structure could not be laid out: ${detail}. Reload the page.`;
}

export function unknownLayer(wanted: string): string {
  return `This model has no layer ${wanted}; choose another.`;
}

export function waitingForStructure(run: string): string {
  return `Waiting for the structure of run ${run} …`;
}
