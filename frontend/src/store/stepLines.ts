/** Numbers over the steps of the cursor: what the step bar draws. */

import { firstAbove } from "./firstAbove";
import { latestBy } from "./steps";

/** One number at each record. */
export interface StepLine {
  /** Names it in the address. */
  key: string;
  /** In words. */
  name: string;
  /** For each step of the session; NaN where it is not known. */
  values: ArrayLike<number>;
}

/** Returns values over their own steps as values over others: the latest by then; NaN before the first. */
export function valuesOver(steps: readonly number[], own: readonly number[], values: ArrayLike<number>): Float64Array {
  return Float64Array.from(steps, (step) => values[latestBy(own, step)] ?? Number.NaN);
}

/** One value of a scalar as TensorBoard gives it. */
export type ScalarPoint = [wallTime: number, step: number, value: number];

/** Share of the records that a line must know, to be drawn where none is chosen. */
const ENOUGH = 0.5;

/** Returns whether a line says something about at least half of the records, and not the same everywhere. */
export function saysEnough({ values }: StepLine): boolean {
  const known = Array.from(values).filter(Number.isFinite);
  return known.length >= 2 && known.length >= ENOUGH * values.length && new Set(known).size > known.length / 4;
}

/**
 * Returns a scalar at each record. Scalars may count other steps than records do (epochs, batches), so that where not every record has its
 * step, they meet by the time at which they were written: on the line between the two values around it, NaN beyond the ends.
 *
 * Args:
 *     points: rising in time.
 *     steps, wallTimes: of each record.
 */
export function scalarAt(
  points: readonly ScalarPoint[],
  steps: readonly number[],
  wallTimes: readonly number[],
): Float64Array {
  const byStep = new Map(points.map(([, step, value]) => [step, value]));
  if (steps.every((step) => byStep.has(step))) return Float64Array.from(steps, (step) => byStep.get(step) as number);
  const times = points.map(([time]) => time);
  return Float64Array.from(wallTimes, (time) => {
    const after = firstAbove(times, time);
    const [before, next] = [points[after - 1], points[after]];
    if (!before || !next) return Number.NaN;
    const share = (time - before[0]) / (next[0] - before[0]);
    return before[2] + share * (next[2] - before[2]);
  });
}

/** By run: the tags of its scalars. */
export type ScalarTags = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const LOSSES = ["batch_loss", "loss", "train_loss", "loss/train", "train/loss", "epoch_loss"];
const HELD_OUT = /(^|[/_.-])(val|valid|validation|eval|evaluation|test|dev)([/_.-]|$)/i;

/** Returns the loss of a run's training: its own, or that of a run beside or above it, as Keras' own callback writes it. */
export function findLoss(tags: ScalarTags, run: string): { run: string; tag: string } | null {
  const folder = run.includes("/") ? run.slice(0, run.lastIndexOf("/")) : "";
  const below = folder === "" ? "" : `${folder}/`;
  const beside = Object.keys(tags).filter(
    (other) => other.startsWith(below) && !other.slice(below.length).includes("/"),
  );
  const candidates = [run, `${below}train`, folder || ".", ...(folder === "" ? [] : beside)];
  for (const other of candidates) {
    const names = Object.keys(tags[other] ?? {}).filter((tag) => !HELD_OUT.test(tag));
    if (HELD_OUT.test(other)) continue;
    const known = LOSSES.find((tag) => names.includes(tag)) ?? names.find((tag) => /(^|[/_.])loss$/i.test(tag));
    if (known !== undefined) return { run: other, tag: known };
  }
  return null;
}
