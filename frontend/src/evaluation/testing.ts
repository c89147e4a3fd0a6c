/** Evaluations for tests. */

import { type Cell, type Tables, tablesOf } from "./types";

/** Returns tables whose cells are what `cell` returns. */
export function madeTables(
  steps: readonly number[],
  slices: readonly string[],
  measures: readonly string[],
  cell: (step: number, slice: string, measure: string) => Partial<Cell>,
  run = "run",
): Tables {
  const rows = slices.flatMap((slice) => measures.map((measure) => ({ slice, measure })));
  const values = steps.flatMap((step) =>
    rows.flatMap(({ slice, measure }) => {
      const { value = Number.NaN, low = value, high = value, count = 100 } = cell(step, slice, measure);
      return [value, low, high, count];
    }),
  );
  return tablesOf(
    run,
    steps,
    rows.map(({ slice }) => slice),
    rows.map(({ measure }) => measure),
    Float32Array.from(values),
  );
}
