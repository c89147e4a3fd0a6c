/** Several runs, such as seeds, as one. */

import { latestBy, unionOfSteps } from "../../store/steps";
import { type Cell, NO_CELL, type Tables } from "../types";

/** Of Student's t, the two-sided 95 % points by degrees of freedom, from 1 (Fisher 1925, table IV). */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL_95 = 1.96;

/**
 * Returns the mean of several runs: of each cell the mean of their values, with the 95 % interval of that mean by Student's t, which
 * says how far other seeds would lie from it. At a step each run counts with its latest evaluation by then.
 */
export function meanOf(runs: readonly Tables[]): Tables {
  const [only] = runs;
  if (runs.length === 1 && only) return only;
  const steps = unionOfSteps(runs.map(({ steps }) => steps));
  const cellsAt = (at: number, slice: string, measure: string): Cell[] =>
    runs.flatMap((tables) => {
      const step = steps[at];
      const cell = tables.cell(step === undefined ? -1 : latestBy(tables.steps, step), slice, measure);
      return Number.isNaN(cell.value) ? [] : [cell];
    });
  const cell = (at: number, slice: string, measure: string): Cell => {
    const cells = cellsAt(at, slice, measure);
    const [first] = cells;
    if (!first) return NO_CELL;
    const value = mean(cells.map((one) => one.value));
    const variance = cells.reduce((sum, one) => sum + (one.value - value) ** 2, 0) / (cells.length - 1);
    const half = (T_95[cells.length - 2] ?? NORMAL_95) * Math.sqrt(variance / cells.length);
    return { value, low: value - half, high: value + half, count: first.count };
  };
  return {
    run: only?.run ?? "",
    steps,
    slices: [...new Set(runs.flatMap(({ slices }) => slices))],
    measures: [...new Set(runs.flatMap(({ measures }) => measures))],
    cell,
    line: (slice, measure) => Float32Array.from(steps, (_, at) => cell(at, slice, measure).value),
    isMeasured: (slice, measure) => runs.some((tables) => tables.isMeasured(slice, measure)),
  };
}

/** Returns the least and the largest value of the runs at each step. */
export function bandOf(
  runs: readonly Tables[],
  steps: readonly number[],
  slice: string,
  measure: string,
): { least: Float32Array; most: Float32Array } {
  const lines = runs.map((tables) => ({ tables, line: tables.line(slice, measure) }));
  const least = new Float32Array(steps.length).fill(Number.NaN);
  const most = new Float32Array(steps.length).fill(Number.NaN);
  steps.forEach((step, at) => {
    for (const { tables, line } of lines) {
      const value = line[latestBy(tables.steps, step)];
      if (value === undefined || Number.isNaN(value)) continue;
      least[at] = Number.isNaN(least[at]) ? value : Math.min(least[at] as number, value);
      most[at] = Number.isNaN(most[at]) ? value : Math.max(most[at] as number, value);
    }
  });
  return { least, most };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
