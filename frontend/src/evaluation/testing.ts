/** Evaluations for tests. */

import { encodeFrame } from "../testing/frames";
import { EVALUATION_COLUMNS, WHOLE_SET } from "../wire/schema.gen";
import type { Curve } from "./record/figures";
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

/** Returns a curve whose interval reaches `half` to both sides. */
export function madeCurve(x: number[], value: number[], half: number, some: Partial<Curve> = {}): Curve {
  return {
    by: "position",
    measure: "accuracy",
    slice: "all",
    mode: "",
    x: Float32Array.from(x),
    value: Float32Array.from(value),
    low: Float32Array.from(value, (one) => one - half),
    high: Float32Array.from(value, (one) => one + half),
    count: x.map((_, at) => 9 - at),
    ...some,
  };
}

/** The tables of one run, as a server holds them. */
export interface Logged {
  run: string;
  steps: readonly number[];
  slices: readonly string[];
  measures: readonly string[];
  cell(step: number, slice: string, measure: string): Partial<Cell>;
  /** Curves of the whole set at a step. */
  curves?(step: number): readonly MadeCurve[];
  /** What is to be known of a step. */
  notes?(step: number): string[];
}

export interface MadeCurve {
  by: string;
  measure: string;
  mode: string;
  /** From 0. */
  x: number[];
  value: number[];
  count: number[];
}

/** Returns a server that holds these tables, without examples. */
export function serverOf(logged: readonly Logged[]): typeof fetch {
  const answer = async (path: string): Promise<Response> => {
    const [route = "", query = ""] = path.split("?");
    const one = logged.find(({ run }) => run === new URLSearchParams(query).get("run"));
    if (route === "series") return Response.json({ version: 1, series: logged.map(infoOf), newer: [], damaged: [] });
    if (route === "steps" && one)
      return Response.json({ steps: one.steps, wall_times: one.steps, blobs: one.steps.map(() => 1) });
    if (route === "measures" && one) return new Response(measuresOf(one));
    if (route === "blob" && one) return new Response(blobOf(one, new URLSearchParams(query)));
    return Response.json({ error: "There is nothing." }, { status: 404 });
  };
  return answer as unknown as typeof fetch;
}

function blobOf({ curves, notes }: Logged, query: URLSearchParams): ArrayBuffer {
  const step = Number(query.get("step"));
  const made = curves?.(step) ?? [];
  if (query.get("index") !== "0") {
    const arrays = made.flatMap(({ x, value, count }, place): [string, Float32Array | Uint32Array][] => [
      [`${place}.x`, Float32Array.from(x)],
      [`${place}.value`, Float32Array.from(value)],
      [`${place}.low`, Float32Array.from(value, (one, at) => one - 1 / Math.sqrt(count[at] ?? 1))],
      [`${place}.high`, Float32Array.from(value, (one, at) => one + 1 / Math.sqrt(count[at] ?? 1))],
      [`${place}.count`, Uint32Array.from(count)],
    ]);
    const shapes = Object.fromEntries(arrays.map(([name, { length }]) => [name, [length]]));
    return encodeFrame(null, shapes, Object.fromEntries(arrays));
  }
  const header = {
    version: 1,
    kind: "evaluation",
    record: 1,
    evaluated: 997,
    curves: made.map(({ by, measure, mode }) => ({ by, measure, mode, slice: WHOLE_SET })),
    confusion: [],
    figures: made.length > 0 ? 1 : -1,
    notes: notes?.(step) ?? [],
  };
  return encodeFrame(header, {}, {});
}

function infoOf({ run, steps }: Logged) {
  const last = Math.max(...steps);
  return { run, tag: "evaluation/set", kind: "evaluation", name: "set", last_step: last, last_wall_time: last };
}

function measuresOf({ steps, slices, measures, cell }: Logged): ArrayBuffer {
  const rows = slices.flatMap((slice) => measures.map((measure) => ({ slice, measure })));
  const tables = madeTables(steps, slices, measures, cell);
  const values = steps.flatMap((_, at) =>
    rows.flatMap(({ slice, measure }) => {
      const { value, low, high, count } = tables.cell(at, slice, measure);
      return [value, low, high, count];
    }),
  );
  return encodeFrame(
    { names: EVALUATION_COLUMNS, slices: rows.map(({ slice }) => slice), measures: rows.map(({ measure }) => measure) },
    { steps: [steps.length], values: [steps.length, rows.length, EVALUATION_COLUMNS.length] },
    { steps: BigInt64Array.from(steps, BigInt), values: Float32Array.from(values) },
  );
}
