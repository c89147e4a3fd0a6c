/** What the panels of the evaluation view say, loaded when the first of them is looked at. */

import { count } from "../../language/en";
import type { Region } from "../map/dataMap";

export const NO_CURVES = "No curves were logged with this evaluation.";
export const NO_CONFUSION = "No confusion matrix was logged with this evaluation: it is there for classes.";
export const NO_CALIBRATION = "Nothing was logged of how sure the model is: there is no reliability diagram.";
export const NO_TOKENS = "No tokens of a text were logged in this run: there is no token strip.";
export const NO_MAP = "The log does not say how probable what is right was: there is no data map.";
export function modeName(mode: string): string {
  if (mode === "teacher_forced") return "fed with what is right";
  return mode === "free_running" ? "on its own" : mode;
}

export function curvePoint(side: string, mode: string, x: string, value: string, number: string): string {
  return `${side} at ${x}${mode && `, ${mode}`}: ${value}, n = ${number}`;
}

export function curveLegend(hasFree: boolean, isCompared: boolean, isSeveral: boolean): string {
  const parts = [isSeveral ? "line: the mean of A · shaded: lowest to highest run" : "shaded: interval of A"];
  if (hasFree) parts.unshift("solid: fed with what is right · dashed: on its own");
  if (isCompared) parts.push("purple: B");
  return parts.join(" · ");
}

export const SAID = "predicted class";
export const RIGHT = "actual class";
export const MISTAKES = "Most frequent mistakes";
export const CONFUSION_HINT = "Shade: share of the row. Click a cell, or go there with the arrows, for its examples.";
/** Where the chosen slice has no drawing of its own. */
export function drawnSlice(drawn: string): string {
  return `Of ${drawn}: the chosen slice has none of its own.`;
}

export function confusionLabel(classes: number): string {
  return `confusion matrix of ${count(classes)} classes`;
}

export function confusionCell(
  right: string,
  said: string,
  number: string,
  all: string,
  share: string,
  before: string | null,
): string {
  const what = right === said ? `${right}, rightly so` : `${right} taken for ${said}`;
  return `${what}: ${number} of ${all}, ${share} %${before === null ? "" : `; B ${before} %`}`;
}

/** `run`: null for the only one. */
export function calibrationLabel(run: string | null): string {
  return run === null ? "reliability diagram" : `reliability diagram of ${run}`;
}

export const CONFIDENCE = "confidence";
/** `slice`: null where it is said above. */
export function calibrationTitle(slice: string | null, error: string, other: string | null): string {
  return `${slice === null ? "" : `${slice}: `}calibration error ${error}${other === null ? "" : `, B ${other}`}`;
}

/** What is read of one of several runs. */
export function ofRun(run: string, read: string): string {
  return `${run}: ${read}`;
}

export function binRead(confidence: string, accuracy: string, number: string): string {
  return `sure by ${confidence}, right by ${accuracy}: ${number} predictions`;
}

export function calibrationLegend(isCompared: boolean): string {
  return `above the diagonal too modest, below it too sure · bars: how many predictions${isCompared ? " · ring: B" : ""}`;
}

export const PROBABILITY = "probability";
export const SHADE = "shade: the probability of the token after those before it";
export const SURPRISAL = "surprisal, nats";
export const LEARNT =
  "learnt: its surprisal is halfway from chance to its least, whatever its rank (Chang and Bergen 2021, without the curve they fit)";
export const STRIP_HINT = "Point at a cell to read it; click it to pin the token at that step.";
/** How many steps a row of the strip holds. */
export function stepsInRow(steps: number): string {
  return `a row is the mean of ${count(steps)} steps`;
}

export const SHOW_IN = { attention: "Attention at this step", samples: "Samples at this step" } as const;
export function stripLabel(text: string): string {
  return `tokens over steps: ${text}`;
}

export function stepBrief(step: number): string {
  return count(step);
}

export function surprisalLine(least: string, most: string): string {
  return `surprisal over the steps, from ${least} to ${most} nats`;
}

export const DEVIATION = "variability: deviation of the probability of what is right";
export const MEAN = "confidence: mean of that probability";
export const REGION_NAMES: Record<Region, string> = {
  easy: "easy to learn",
  ambiguous: "ambiguous",
  hard: "hard to learn",
};
export const MAP_LEGEND =
  "A point is an example, over the steps until A; hollow: never right. Draw a box to list what is in it.";
export function mapLabel(examples: number): string {
  return `data map of ${count(examples)} examples`;
}

export function pointRead(
  input: string,
  mean: string,
  deviation: string,
  correctness: string,
  forgettings: number,
): string {
  const times = forgettings === 1 ? "once" : `${count(forgettings)} times`;
  const forgotten = forgettings === 0 ? "never forgotten" : `forgotten ${times}`;
  const figures = `confidence ${mean}, variability ${deviation}, right at ${correctness} of the steps, ${forgotten}`;
  return input === "" ? figures : `${figures}: ${input}`;
}
