/** Evaluations for tests. */

import { type Cell, type Predictions, type Setup, type Tables, tablesOf } from "./types";

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

interface MadeSetup {
  inputs: string[];
  references: string[];
  classes?: string[];
  /** The places of the examples of each slice. */
  slices: Record<string, number[]>;
}

export function madeSetup({ inputs, references, classes = [], slices }: MadeSetup): Setup {
  const memberships = Object.keys(slices);
  return {
    version: 1,
    task: "other",
    slices: memberships,
    measures: memberships.map(() => "accuracy"),
    classes,
    inputs,
    references,
    signatures: {},
    interval: "",
    index: inputs.map((_, place) => place),
    member: Uint8Array.from(
      inputs.flatMap((_, place) => memberships.map((name) => Number(slices[name]?.includes(place)))),
    ),
    memberships,
  };
}

export function predictions(texts: string[], correct: number[], probability: number[] = []): Predictions {
  return {
    texts,
    correct: Float32Array.from(correct),
    probability: Float32Array.from(texts, (_, place) => probability[place] ?? Number.NaN),
  };
}
