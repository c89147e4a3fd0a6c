/** What was evaluated, as the page holds it. */

import type { StepSeries } from "../store/stepSeries";
import { EVALUATION_COLUMNS, type EvaluationSetup } from "../wire/schema.gen";

/** One measure of one slice at one step. */
export interface Cell {
  value: number;
  /** The ends of its interval; NaN where there is none. */
  low: number;
  high: number;
  /** Of how many examples or tokens; NaN where that is not known. */
  count: number;
}

export const NO_CELL: Readonly<Cell> = {
  value: Number.NaN,
  low: Number.NaN,
  high: Number.NaN,
  count: Number.NaN,
};

/** How a slice changed from B to A. */
export interface ChangeRead {
  before: string;
  by: string;
  kind: "better" | "worse" | "unclear";
}

/** Every cell of every step of one run. */
export interface Tables {
  run: string;
  /** Rising. */
  steps: readonly number[];
  /** Each once, in the order in which they come first. */
  slices: readonly string[];
  measures: readonly string[];
  /** Returns one measure of one slice at the step of an index. */
  cell(at: number, slice: string, measure: string): Readonly<Cell>;
  /** Returns one measure of one slice over all steps. */
  line(slice: string, measure: string): Float32Array;
  /** Returns whether a slice has a value of a measure at any step. */
  isMeasured(slice: string, measure: string): boolean;
}

/** What is kept of the examples and is the same at all steps. */
export interface Setup extends EvaluationSetup {
  /** Of each example, its place in the data set. */
  index: ArrayLike<number>;
  /** uint8 [examples, slices], 1 where one is in one of `memberships`. */
  member: Uint8Array;
  /** The slices, each once. */
  memberships: readonly string[];
}

/** What was predicted of the examples at one step. */
export interface Predictions {
  texts: readonly string[];
  /** 0 or 1, NaN where that is not known. */
  correct: Float32Array;
  /** Of what is right; NaN where it is not known. */
  probability: Float32Array;
}

export type PredictionSeries = StepSeries<Setup, Predictions>;

const WIDTH = EVALUATION_COLUMNS.length;

/**
 * Returns the tables of a run.
 *
 * Args:
 *     slices, measures: of each row, which it is of.
 *     values: float32 [steps, rows, EVALUATION_COLUMNS].
 */
export function tablesOf(
  run: string,
  steps: readonly number[],
  slices: readonly string[],
  measures: readonly string[],
  values: Float32Array,
): Tables {
  const rows = new Map(slices.map((slice, row) => [`${slice}\n${measures[row]}`, row]));
  const placeOf = (at: number, slice: string, measure: string) => {
    const row = rows.get(`${slice}\n${measure}`);
    return row === undefined || at < 0 || at >= steps.length ? -1 : (at * slices.length + row) * WIDTH;
  };
  return {
    run,
    steps,
    slices: [...new Set(slices)],
    measures: [...new Set(measures)],
    cell: (at, slice, measure) => {
      const place = placeOf(at, slice, measure);
      if (place < 0) return NO_CELL;
      const [value, low, high, count] = values.subarray(place, place + WIDTH) as unknown as [
        number,
        number,
        number,
        number,
      ];
      return { value, low, high, count };
    },
    line: (slice, measure) =>
      Float32Array.from(steps, (_, at) => {
        const place = placeOf(at, slice, measure);
        return place < 0 ? Number.NaN : (values[place] as number);
      }),
    isMeasured: (slice, measure) =>
      rows.has(`${slice}\n${measure}`) &&
      steps.some((_, at) => !Number.isNaN(values[placeOf(at, slice, measure)] as number)),
  };
}
