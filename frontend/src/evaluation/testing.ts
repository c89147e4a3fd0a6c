/** Evaluations for tests. */

import { encodeFrame, endsOf, storedFrame } from "../testing/frames";
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
    remarks: [],
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
  /** The examples that are kept, what is predicted of them, and how often each class is taken for each, row by row. */
  kept?: MadeSetup & {
    said(step: number): MadePredictions;
    confusion?(step: number): readonly number[];
  };
  /** A text, and how probable each of its tokens is; NaN where none was predicted. */
  text?: { tokens: readonly string[]; source?: string; probabilities(step: number): readonly number[] };
}

/** What is predicted of each example. */
export interface MadePredictions {
  texts: readonly string[];
  correct: readonly boolean[];
  probability: readonly number[];
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

const NOTHING_KEPT: NonNullable<Logged["kept"]> = {
  inputs: [],
  references: [],
  slices: {},
  said: () => ({ texts: [], correct: [], probability: [] }),
};

/** Returns a server that holds these tables, and what else there is of each run. */
export function serverOf(logged: readonly Logged[]): typeof fetch {
  const answer = async (path: string): Promise<Response> => {
    const [route = "", query = ""] = path.split("?");
    const asked = new URLSearchParams(query);
    const one = logged.find(({ run }) => run === asked.get("run"));
    const isOfText = asked.get("tag")?.startsWith("tokens/") ?? false;
    if (route === "series")
      return Response.json({ version: 1, series: logged.flatMap(infosOf), newer: [], damaged: [] });
    if (route === "steps" && one)
      return Response.json({ steps: one.steps, wall_times: one.steps, blobs: one.steps.map(() => 1) });
    if (route === "measures" && one && !isOfText) return new Response(measuresOf(one));
    if (route === "blob" && one) return new Response(blobOf(one, asked));
    if (route === "texts" && one?.text && isOfText) return new Response(await passageOf(one.steps, one.text));
    if (route === "texts" && one && !isOfText) return new Response(await predictionsOf(one, one.kept ?? NOTHING_KEPT));
    return Response.json({ error: "There is nothing." }, { status: 404 });
  };
  return answer as unknown as typeof fetch;
}

function blobOf({ curves, notes, kept }: Logged, query: URLSearchParams): ArrayBuffer {
  const step = Number(query.get("step"));
  const made = curves?.(step) ?? [];
  const confusion = kept?.confusion?.(step);
  if (query.get("index") !== "0") {
    const arrays = made.flatMap(({ x, value, count }, place): [string, Float32Array | Uint32Array][] => [
      [`${place}.x`, Float32Array.from(x)],
      [`${place}.value`, Float32Array.from(value)],
      [`${place}.low`, Float32Array.from(value, (one, at) => one - 1 / Math.sqrt(count[at] ?? 1))],
      [`${place}.high`, Float32Array.from(value, (one, at) => one + 1 / Math.sqrt(count[at] ?? 1))],
      [`${place}.count`, Uint32Array.from(count)],
    ]);
    const shapes: Record<string, number[]> = Object.fromEntries(arrays.map(([name, { length }]) => [name, [length]]));
    if (confusion) {
      arrays.push(["confusion.0", Uint32Array.from(confusion)]);
      shapes["confusion.0"] = [kept?.classes?.length ?? 0, kept?.classes?.length ?? 0];
    }
    return encodeFrame(null, shapes, Object.fromEntries(arrays));
  }
  const header = {
    version: 1,
    kind: "evaluation",
    record: 1,
    evaluated: 997,
    curves: made.map(({ by, measure, mode }) => ({ by, measure, mode, slice: WHOLE_SET })),
    confusion: confusion ? [WHOLE_SET] : [],
    figures: made.length > 0 || confusion ? 1 : -1,
    notes: notes?.(step) ?? [],
  };
  return encodeFrame(header, {}, {});
}

function infosOf({ run, steps, text }: Logged) {
  const last = Math.max(...steps);
  const info = (kind: string, name: string) => ({
    ...{ run, tag: `${kind}/${name}`, kind, name },
    ...{ last_step: last, last_wall_time: last },
  });
  return [info("evaluation", "set"), ...(text ? [info("tokens", "set/0")] : [])];
}

async function predictionsOf({ steps }: Logged, kept: NonNullable<Logged["kept"]>): Promise<ArrayBuffer> {
  const { index, member, memberships, ...header } = madeSetup(kept);
  const examples = [header.inputs.length];
  const shapes = { index: examples, member: [...examples, memberships.length] };
  const setup = await storedFrame(header, shapes, { index: Uint32Array.from(index), member });
  const frames = steps.map((step) => {
    const { texts, correct, probability } = kept.said(step);
    const every = [...new Set(texts)];
    return storedFrame(
      { version: 1, texts: every },
      { prediction: examples, correct: examples, probability: [2, ...examples] },
      {
        prediction: Uint32Array.from(texts, (text) => every.indexOf(text)),
        correct: Uint8Array.from(correct, Number),
        probability: codesOf(probability),
      },
    );
  });
  return seriesOf(steps, setup, await Promise.all(frames));
}

async function passageOf(
  steps: readonly number[],
  { tokens, source = "", probabilities }: NonNullable<Logged["text"]>,
): Promise<ArrayBuffer> {
  const places = [tokens.length];
  const setup = await storedFrame({
    version: 1,
    text: tokens.join(""),
    tokens,
    lengths: tokens.map(({ length }) => length),
    source,
    vocabulary_size: 8000,
    attention: "",
  });
  const frames = steps.map((step) => {
    const made = probabilities(step);
    const rank = Uint32Array.from(made, (one) => (Number.isNaN(one) ? 0 : Math.max(1, Math.round(0.4 / one))));
    const arrays = { rank, probability: codesOf(made) };
    return storedFrame({ version: 1 }, { rank: places, probability: [2, ...places] }, arrays);
  });
  return seriesOf(steps, setup, await Promise.all(frames));
}

/** As `tb_seqviz_plugin/schema/samples.py` says. */
function codesOf(probabilities: readonly number[]): Uint8Array {
  const codes = probabilities.map((one) => (Number.isNaN(one) ? 65535 : Math.round(-1024 * Math.log2(one))));
  return Uint8Array.from([...codes.map((code) => code >> 8), ...codes.map((code) => code & 255)]);
}

function seriesOf(steps: readonly number[], setup: Uint8Array, frames: readonly Uint8Array[]): ArrayBuffer {
  const bytesOf = (some: readonly Uint8Array[]) => Uint8Array.from(some.flatMap((one) => [...one]));
  const arrays = {
    "setup.steps": BigInt64Array.of(BigInt(steps[0] ?? 0)),
    "setup.ends": endsOf([setup]),
    "setup.frames": setup,
    "texts.steps": BigInt64Array.from(steps, BigInt),
    "texts.ends": endsOf(frames),
    "texts.frames": bytesOf(frames),
  };
  const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, [length]]));
  return encodeFrame(null, shapes, arrays);
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
