/** Every sentence and label of the structure view. */

import { grouped as count } from "../../language/numbers";
import type { Labels } from "../place";
import type { EdgeKind, LayerRole } from "../types";

export * from "./view";

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

export const SETTINGS = "drawing";
export const RUN = "run";
export const LABELS_LABEL = "shapes";
export const LABEL_NAMES: Record<Labels, string> = { axes: "with axes", sizes: "sizes", none: "none" };
export const SHOW_MASKS = "masks";
export const SHOW_MASKS_TITLE = "Draw masks too, dotted (m)";
export const COLOUR = "colour by";
export const DRAWING_HELP =
  "structure of the model; arrows up and down go along what flows, Shift with left and right beside it, Enter opens and closes";
export const MODELS = "Model";
export const FIT = "fit";
export const FIT_TITLE = "Show the whole drawing (0)";
export const ZOOM_IN_TITLE = "Zoom in (+)";
export const ZOOM_OUT_TITLE = "Zoom out (−)";
export const CLOSE_ALL = "close all";
export const CLOSE_ALL_TITLE = "Back to the layers that the model itself calls";
export const EXPORT_TITLE = "Save the drawing as it is opened and coloured";
export const SEARCH_HINT = "Find a layer by name or class (/)";
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
    name: "update to weight",
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

export function parameterCount(short: string): string {
  return `${short} params`;
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
  log: "logarithmic, over all layers and steps, at most four decades",
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

export function notFiniteNotice(layers: readonly string[], step: number): string {
  const [first] = layers;
  const rest = layers.length > 1 ? ` and ${count(layers.length - 1)} more` : "";
  return `NaN or infinite numbers at step ${count(step)} in ${first}${rest}.`;
}

export const SHOW_IT = "show";

export const HINT = "Click a layer or a line to read about it here; double-click opens and closes.";
export const ROW = {
  class: "class",
  role: "role",
  parameters: "own parameters",
  total: "with those inside",
  trainable: "trainable",
  dtype: "computes in",
  calls: "calls",
  shared: "weights of",
  attention: "attention",
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
