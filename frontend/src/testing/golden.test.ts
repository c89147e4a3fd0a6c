import { describe, expect, it } from "vitest";
import { unpackSigns } from "../attention/record/head";
import type { HeadMatrix } from "../attention/record/matrix";
import { fetchRecord, isStack, readHeader as readAttentionHeader } from "../attention/record/record";
import { stackOf } from "../attention/record/stack";
import { Rollout } from "../attention/rollout";
import { boundOf, isKnown, weightAt } from "../attention/weights";
import { Api } from "../host/api";
import { alternativesOf, readHeader, tokensOf, treeOf } from "../samples/record/tokens";
import { arrayOf, decodeFrame, type Frame, wholeNumbers } from "../wire/frame";
import { probabilitiesOf } from "../wire/probability";
import type {
  AttentionHeader,
  EmbeddingsHeader,
  EmbeddingsSetup,
  EvaluationHeader,
  EvaluationSetup,
  EvaluationTexts,
  Kind,
  SampleHeader,
  SampleKey,
  SamplesHeader,
  SamplesSetup,
  StatisticsHeader,
  StatisticsSetup,
  StructureHeader,
  StructureTensor,
  TextsHeader,
  TokensHeader,
  TokensSetup,
} from "../wire/schema.gen";

type Value = number | "nan" | "inf" | "-inf";

/** What Python wrote, and what Python reads in it: `tests/wire/make_golden.py`. */
interface ExpectedAttention {
  header: AttentionHeader;
  /** [calls][heads][queries][keys]. */
  calls: Value[][][][];
  /** Of the calls; [heads][queries][count]. */
  strongest?: ({ weights: Value[][][]; keys: number[][][]; query_tokens: string[] } | null)[];
  /** [queries][keys], up to the last layer, of records that say that they have all. */
  rollout?: Value[][];
}

interface ExpectedSamples {
  header: SamplesHeader;
  samples: {
    prompt: string;
    text: string;
    reference: string | null;
    temperature: number;
    repeat: number;
    beams: number;
    tokens: string[];
    lengths: number[];
    probabilities: Value[];
    ranks: number[];
    alternatives: [string, Value][][];
    tree: null | {
      parents: number[];
      tokens: string[];
      probabilities: Value[];
      scores: Value[];
      best: boolean[];
      ends: boolean[];
    };
  }[];
}

interface ExpectedEmbeddings {
  header: EmbeddingsHeader;
  /** [rows][dimensions]. */
  vectors: Value[][];
  labels: string[];
  columns: Record<string, string[]>;
  rows: number[];
  table_rows: number;
}

interface ExpectedStructure {
  header: StructureHeader;
  /** Per edge source, target, and the sizes, axes and type of what flows along it; null for a size that is unknown. */
  edges: [source: string, target: string, sizes: (number | null)[], axes: string[], dtype: string][];
}

interface ExpectedStatistics {
  header: StatisticsHeader;
  layers: string[];
  gradients_over_time: Record<string, Value[]>;
}

interface ExpectedEvaluation {
  header: EvaluationHeader;
  examples: {
    inputs: string;
    reference: string;
    prediction: string;
    correct: boolean | null;
    probability: Value;
    /** Without that of everything. */
    slices: string[];
    index: number;
  }[];
  curves: { x: Value[]; value: Value[]; low: Value[]; high: Value[]; count: number[] }[];
  /** By slice [classes][classes]. */
  confusion: Record<string, number[][]>;
  classes: string[];
  task: string;
  signatures: Record<string, string>;
  interval: string;
}

interface ExpectedTokens extends Omit<TokensSetup, "version"> {
  header: TokensHeader;
  probabilities: Value[];
  ranks: number[];
}

const folder = "../../../tests/wire/golden";
const records = import.meta.glob<string>("../../../tests/wire/golden/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});
const bytes = import.meta.glob<string>("../../../tests/wire/golden/*.bin", {
  eager: true,
  import: "default",
  query: "?url&inline",
});

async function readFrame(name: string, blob: number | "texts" | "setup"): Promise<Frame> {
  const inline = bytes[`${folder}/${name}.${blob}.bin`];
  if (inline === undefined) throw new Error(`There is no blob ${blob} of ${name}.`);
  return decodeFrame(await (await fetch(inline)).arrayBuffer());
}

/** The head's matrix as the blobs hold it. */
async function readHead(name: string, header: AttentionHeader, index: number, head: number): Promise<HeadMatrix> {
  const layer = header.layers[index];
  const part = layer?.parts.find(({ first_head, heads }) => first_head <= head && head < first_head + heads);
  if (!layer || !part) throw new Error(`No part of layer ${index} holds head ${head}.`);
  const { queries, keys } = layer;
  const frame = await readFrame(name, part.blob);
  const at = head - part.first_head;
  const cells = [at * queries * keys, (at + 1) * queries * keys] as const;
  const invalid = frame.arrays.has(`${index}.invalid`) ? arrayOf(frame, `${index}.invalid`, Uint8Array) : null;
  const negative = frame.arrays.has(`${index}.negative`) ? arrayOf(frame, `${index}.negative`, Uint8Array) : null;
  return {
    queries,
    keys,
    levels: arrayOf(frame, `${index}.weights`, Uint8Array).data.subarray(...cells),
    scale: arrayOf(frame, `${index}.scale`, Float32Array).data.subarray(at * queries, (at + 1) * queries),
    invalid: invalid?.data.subarray(...cells) ?? null,
    negative: negative && unpackSigns(negative.data, at, queries, keys),
  };
}

function toNumber(value: Value | undefined): number {
  if (value === undefined) throw new Error("The expected record is smaller than the decoded one.");
  if (typeof value === "number") return value;
  return { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY }[value];
}

/** Fails unless decoded numbers are those that Python read, which are of 32 bits. */
function expectNumbers(decoded: ArrayLike<number>, values: readonly Value[]): void {
  expect(Array.from(decoded, Math.fround)).toEqual(values.map(toNumber).map(Math.fround));
}

function namesOf(kind: Kind): [name: string, text: string][] {
  return Object.entries(records)
    .filter(([, text]) => (JSON.parse(text) as { header: { kind: string } }).header.kind === kind)
    .map(([path, text]) => [path.slice(folder.length + 1, -".json".length), text]);
}

describe.each(namesOf("attention"))("%s", (name, text) => {
  const { header, calls, rollout: rolledOut } = JSON.parse(text) as ExpectedAttention;

  it("has the header that Python reads", async () => {
    expect((await readFrame(name, 0)).header).toEqual(header);
  });

  it("has the weights that Python reads", async () => {
    for (const [index, layer] of header.layers.entries()) {
      const rowsOfCall = layer.queries / layer.calls.length;
      for (let head = 0; head < layer.heads; head++) {
        const matrix = await readHead(name, header, index, head);
        for (let i = 0; i < layer.queries; i++) {
          const call = layer.calls[Math.floor(i / rowsOfCall)] as number;
          for (let j = 0; j < layer.keys; j++) {
            const expected = toNumber(calls[call]?.[head]?.[i % rowsOfCall]?.[j]);
            if (Number.isFinite(expected)) expect(weightAt(matrix, i, j)).toBeCloseTo(expected, 6);
            else expect(weightAt(matrix, i, j)).toBe(expected);
          }
        }
      }
    }
  });

  it.runIf(rolledOut)("has the rollout that Python makes", async () => {
    const whole = readAttentionHeader(await readFrame(name, 0));
    const stack = stackOf(whole, whole.layers.length - 1);
    if (!isStack(stack)) throw new Error("no stack");
    const rollout = new Rollout(header.layers[0]?.queries ?? 0);
    for (const layer of stack.layers) {
      const heads = Array.from({ length: header.layers[layer]?.heads ?? 0 }, (_, head) => head);
      for (const _ of rollout.add(await Promise.all(heads.map((head) => readHead(name, header, layer, head)))));
    }
    const matrix = rollout.matrix();
    rolledOut?.forEach((row, i) => {
      row.forEach((weight, j) => {
        const [found, expected] = [weightAt(matrix, i, j), toNumber(weight)];
        if (Number.isNaN(expected)) expect(found).toBeNaN();
        else expect(Math.abs(found - expected)).toBeLessThanOrEqual(boundOf(matrix));
      });
    });
  });
});

describe.each(namesOf("attention").filter(([name]) => name.endsWith("-strongest")))("%s", (name, text) => {
  const { strongest } = JSON.parse(text) as Required<ExpectedAttention>;

  it("has the strongest weights that Python reads", async () => {
    const api = new Api((async (path: string) => {
      const index = Number(new URLSearchParams(path.split("?")[1]).get("index"));
      return fetch(bytes[`${folder}/${name}.${index}.bin`] ?? "");
    }) as typeof fetch);
    const address = { run: "run", tag: "attention/golden", step: 0, written: 1 };
    for (const [layer, expected] of [...strongest.entries()].filter((entry) => entry[1])) {
      const path = ["decoder/cross", "signed"][layer] as string;
      for (const [head, rows] of (expected?.weights ?? []).entries()) {
        const wish = { layer: path, head, heads: null };
        const record = await fetchRecord(api, address, wish, null, new AbortController().signal);
        const matrix = record.matrices.get(head) as HeadMatrix;
        expect(matrix.queries).toBe(rows.length);
        rows.forEach((row, query) => {
          row.forEach((weight, at) => {
            const key = expected?.keys[head]?.[query]?.[at] as number;
            if (key < 0) return;
            expect(isKnown(matrix, query, key)).toBe(true);
            const found = weightAt(matrix, query, key);
            if (weight === "nan") expect(found).toBeNaN();
            else expect(found).toBeCloseTo(toNumber(weight), 6);
          });
        });
      }
    }
  });
});

describe.each(namesOf("samples"))("%s", (name, text) => {
  const { header, samples } = JSON.parse(text) as ExpectedSamples;

  it("has the header that Python reads", async () => {
    expect(readHeader(await readFrame(name, 0))).toEqual({ ...header, remarks: header.remarks ?? [] });
  });

  it("has the texts and prompts that Python reads", async () => {
    const { texts } = (await readFrame(name, "texts")).header as TextsHeader;
    expect(texts).toEqual(samples.map((sample) => sample.text));
    const setup = (await readFrame(name, "setup")).header as SamplesSetup;
    for (const [index, { prompt, reference, temperature, repeat, beams }] of samples.entries()) {
      const key = setup.samples[index] as SampleKey;
      expect(setup.prompts[key.prompt]).toBe(prompt);
      expect(setup.references[key.prompt] ?? null).toBe(reference);
      expect({ ...key, prompt }).toEqual({ prompt, temperature, repeat, beams });
    }
  });

  it("has the tokens that Python reads", async () => {
    for (const [at, expected] of samples.entries()) {
      const sample = header.samples[at] as SampleHeader;
      expect(sample.tokens).toBe(expected.tokens.length);
      if (sample.blob < 0) continue;
      const decoded = tokensOf(header, sample, await readFrame(name, sample.blob), expected.text);
      expect(decoded.tokens).toEqual(expected.tokens);
      expectNumbers(decoded.probabilities, expected.probabilities);
      expect(Array.from(decoded.ranks)).toEqual(expected.ranks);
      const added = decoded.stretches.map(({ start, end }) => [...expected.text.slice(start, end)].length);
      expect(added).toEqual(expected.lengths);
    }
  });

  it("has the alternatives and trees that Python reads", async () => {
    for (const [i, { alternatives, tree }] of samples.entries()) {
      const sample = header.samples[i] as SampleHeader;
      expect([sample.alternatives >= 0, sample.tree >= 0]).toEqual([alternatives.length > 0, tree !== null]);
      for (const [token, expected] of alternatives.entries()) {
        const decoded = alternativesOf(header, sample, await readFrame(name, sample.alternatives), token);
        expect(decoded.map((alternative) => alternative.token)).toEqual(expected.map(([word]) => word));
        expectNumbers(
          decoded.map(({ probability }) => probability),
          expected.map(([, probability]) => probability),
        );
      }
      if (tree === null) continue;
      const nodes = treeOf(header, await readFrame(name, sample.tree));
      expect(nodes.map(({ parent, token, best, end }) => [parent, token, best, end])).toEqual(
        tree.parents.map((parent, node) => [parent, tree.tokens[node], tree.best[node], tree.ends[node]]),
      );
      expectNumbers(
        nodes.map(({ probability }) => probability),
        tree.probabilities,
      );
      expectNumbers(
        nodes.map(({ score }) => score),
        tree.scores,
      );
    }
  });
});

describe.each(namesOf("embeddings"))("%s", (name, text) => {
  const { header, vectors, rows, ...said } = JSON.parse(text) as ExpectedEmbeddings;

  it("has the vectors that Python reads", async () => {
    expect((await readFrame(name, 0)).header).toEqual(header);
    for (let first = 0; first < header.rows; first += header.rows_per_blob) {
      const frame = await readFrame(name, 1 + first / header.rows_per_blob);
      expectNumbers(
        arrayOf(frame, "vectors", Float32Array).data,
        vectors.slice(first, first + header.rows_per_blob).flat(),
      );
    }
  });

  it("has what Python reads of them", async () => {
    const setup = await readFrame(name, "setup");
    expect(setup.header as EmbeddingsSetup).toEqual({ version: header.version, ...said });
    expect(Array.from(arrayOf(setup, "row", Uint32Array).data)).toEqual(rows);
  });
});

describe.each(namesOf("structure"))("%s", (name, text) => {
  const { header, edges } = JSON.parse(text) as ExpectedStructure;

  it("has the layers and edges that Python reads", async () => {
    const decoded = (await readFrame(name, 0)).header as StructureHeader;
    expect(decoded).toEqual(header);
    const flows = decoded.edges.map(({ source, target, tensor }) => {
      const { shape, axes, dtype } = decoded.tensors[tensor] as StructureTensor;
      return [source, target, shape.map((size) => (size < 0 ? null : size)), axes, dtype];
    });
    expect(flows).toEqual(edges);
  });
});

describe.each(namesOf("statistics"))("%s", (name, text) => {
  const { header, layers, gradients_over_time } = JSON.parse(text) as ExpectedStatistics;

  it("has the layers and gradients over time that Python reads", async () => {
    const decoded = (await readFrame(name, 0)).header as StatisticsHeader;
    expect(decoded).toEqual(header);
    expect(((await readFrame(name, "setup")).header as StatisticsSetup).layers).toEqual(layers);
    const frame = await readFrame(name, decoded.over_time);
    expect(decoded.recurrent.map((index) => layers[index])).toEqual(Object.keys(gradients_over_time));
    for (const at of decoded.recurrent) {
      const expected = gradients_over_time[layers[at] as string] as Value[];
      expectNumbers(arrayOf(frame, `${at}.gradient_over_time`, Float32Array).data, expected);
    }
  });
});

describe.each(namesOf("evaluation"))("%s", (name, text) => {
  const expected = JSON.parse(text) as ExpectedEvaluation;

  it("has the curves and matrices that Python reads", async () => {
    const header = (await readFrame(name, 0)).header as EvaluationHeader;
    expect(header).toEqual(expected.header);
    const frame = await readFrame(name, header.figures);
    for (const [at, curve] of expected.curves.entries()) {
      for (const part of ["x", "value", "low", "high"] as const) {
        expectNumbers(arrayOf(frame, `${at}.${part}`, Float32Array).data, curve[part]);
      }
      expect(Array.from(wholeNumbers(frame, `${at}.count`).data)).toEqual(curve.count);
    }
    for (const [at, slice] of header.confusion.entries()) {
      const counts = Array.from(wholeNumbers(frame, `confusion.${at}`).data);
      expect(counts).toEqual((expected.confusion[slice] as number[][]).flat());
    }
  });

  it("has the examples that Python reads", async () => {
    const [setup, texts] = [await readFrame(name, "setup"), await readFrame(name, "texts")];
    const said = setup.header as EvaluationSetup;
    const { version, slices, measures, inputs, references, ...rest } = said;
    expect(slices.length).toBe(measures.length);
    expect(expected).toMatchObject({ ...rest, header: { version } });
    const names = [...new Set(slices)];
    const member = arrayOf(setup, "member", Uint8Array, [inputs.length, names.length]).data;
    const predictions = wholeNumbers(texts, "prediction", [inputs.length]).data;
    const correct = arrayOf(texts, "correct", Uint8Array, [inputs.length]).data;
    const index = wholeNumbers(setup, "index", [inputs.length]).data;
    const spoken = (texts.header as EvaluationTexts).texts;
    const examples = inputs.map((input, at) => ({
      inputs: input,
      reference: references[at],
      prediction: spoken[predictions[at] as number],
      correct: [false, true][correct[at] as number] ?? null,
      slices: names.filter((slice, column) => slice !== "all" && member[at * names.length + column]),
      index: index[at],
    }));
    expect(examples).toEqual(expected.examples.map(({ probability: _, ...example }) => example));
    expectNumbers(
      probabilitiesOf(texts, 0, inputs.length),
      expected.examples.map(({ probability }) => probability),
    );
  });
});

describe.each(namesOf("tokens"))("%s", (name, text) => {
  const { header, probabilities, ranks, ...said } = JSON.parse(text) as ExpectedTokens;

  it("has the tokens that Python reads", async () => {
    expect((await readFrame(name, 0)).header).toEqual(header);
    const [setup, step] = [await readFrame(name, "setup"), await readFrame(name, "texts")];
    expect(setup.header).toEqual({ ...said, version: header.version });
    expectNumbers(probabilitiesOf(step, 0, said.tokens.length), probabilities);
    expect(Array.from(wholeNumbers(step, "rank", [said.tokens.length]).data)).toEqual(ranks);
  });
});

it("reads every golden record", () => {
  expect(namesOf("attention").length).toBeGreaterThanOrEqual(4);
  expect(namesOf("samples").length).toBeGreaterThanOrEqual(4);
  expect(namesOf("embeddings").length).toBeGreaterThanOrEqual(1);
  expect(namesOf("structure").length).toBeGreaterThanOrEqual(1);
  expect(namesOf("statistics").length).toBeGreaterThanOrEqual(1);
  expect(namesOf("evaluation").length).toBeGreaterThanOrEqual(1);
  expect(namesOf("tokens").length).toBeGreaterThanOrEqual(1);
});
