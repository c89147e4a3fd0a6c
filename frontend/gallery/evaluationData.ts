/** Tables of made-up measures by slice. */

import type { Logged, MadeCurve } from "../src/evaluation/testing";
import { createRandom } from "./data";

/** `slices`: by name how many examples, and accuracy in the end. */
export function measured(slices: Record<string, readonly [count: number, end: number]>, run = "run", seed = 1): Logged {
  const steps = Array.from({ length: 16 }, (_, at) => at * 500);
  const random = createRandom(seed);
  const shifts = new Map(Object.keys(slices).map((name) => [name, random() - 0.5]));
  return {
    run,
    steps,
    slices: Object.keys(slices),
    notes: (step) => (step === 7500 ? ["3 predictions are NaN and are left out."] : []),
    curves: (step) => curvesAt(step, seed),
    measures: ["accuracy", "f1_macro", "log_loss"],
    cell: (step, slice, measure) => {
      const [count, end] = slices[slice] ?? [0, Number.NaN];
      const share = end * (1 - Math.exp(-(step + 200) / 1500)) + 0.03 * (shifts.get(slice) ?? 0);
      const half = 0.9 / Math.sqrt(count);
      const value = measure === "log_loss" ? -Math.log(share) : measure === "accuracy" ? share : share * 0.95;
      return { value, low: value - half, high: value + half, count };
    },
  };
}

/** Accuracy by position, fed with what is right and with the model's own, and by confidence. */
function curvesAt(step: number, seed: number): MadeCurve[] {
  const late = Math.exp(-(step + 200) / 1500);
  const positions = Array.from({ length: 32 }, (_, at) => at);
  const sure = Array.from({ length: 10 }, (_, at) => (at + 0.5) / 10);
  const along = (mode: string, falls: number): MadeCurve => ({
    by: "position",
    measure: "accuracy",
    mode,
    x: positions,
    value: positions.map((at) => 0.82 - 0.5 * late - 0.03 * seed - falls * at),
    count: positions.map((at) => 997 - 30 * at),
  });
  return [
    along("teacher_forced", 0.002),
    along("free_running", 0.01),
    {
      by: "confidence",
      measure: "accuracy",
      mode: "",
      x: sure,
      value: sure.map((one) => Math.max(0, one - 0.12 * (1 - late))),
      count: sure.map((one) => Math.round(20 + 3000 * one ** 3)),
    },
  ];
}

export const USUAL = {
  all: [997, 0.81],
  "source_length: 0 to 9": [298, 0.9],
  "source_length: 10 to 39": [611, 0.79],
  "source_length: 40 or more": [88, 0.61],
  names: [312, 0.74],
  poems: [12, 0.4],
} as const;

export const HOSTILE = {
  all: [997, 0.81],
  "a slice whose name is much longer than any column that there will ever be room for, and goes on": [120, 0.7],
  "日本語の長い文: 四十文字以上の文章を含むスライス": [80, 0.66],
  "<b>bold</b> & שלום: \u202eevil\u202c": [64, 0.55],
  "class: 👩‍👩‍👧": [51, 0.02],
  nothing: [60, Number.NaN],
} as const;
