import { expect, it } from "vitest";
import type { Measures } from "../store/measures";
import { attentionHeader, layerHeader } from "../testing/records";
import { jsonOf, type LayerData, npzOf } from "./layerArrays";
import { partlyKnown, quantised } from "./testing";

const header = attentionHeader([
  layerHeader({ path: "encoder/self", heads: 1 }),
  layerHeader({ path: "decoder/cross", heads: 2, queries: 2, keys: 3 }),
]);
const measures: Measures = {
  steps: [4],
  names: ["entropy", "first"],
  rows: 3,
  layers: [],
  values: Float32Array.of(0, 0, 0.5, 0.25, Number.NaN, 1),
};
const HEADS = [
  quantised([
    [1, 0, 0],
    [0.25, 0.75, Number.NaN],
  ]),
  quantised([
    [0, 1, 0],
    [0.5, 0.5, Number.POSITIVE_INFINITY],
  ]),
];
const data: LayerData = {
  run: "gru/seqviz",
  tag: "attention/probe",
  step: 4,
  header,
  layer: 1,
  measures,
  rolled: [],
  head: async (index) => HEADS[index] as (typeof HEADS)[0],
};

it("JSON has heads, queries and keys as nested lists, and null for what is no finite number", async () => {
  const found = JSON.parse(await (await jsonOf(data)).text());
  expect(found).toMatchObject({ run: "gru/seqviz", tag: "attention/probe", step: 4, layer: "decoder/cross", call: 0 });
  expect(found.query_tokens).toEqual(["0", "1"]);
  expect(found.weights.map((head: number[][]) => head.map((row) => row.length))).toEqual([
    [3, 3],
    [3, 3],
  ]);
  expect(found.weights[0][0]).toEqual([1, 0, 0]);
  expect(found.weights[0][1][0]).toBeCloseTo(0.25, 2);
  expect(found.weights[1][1]).toEqual([0.5, 0.5, null]);
  expect(found.measure_names).toEqual(["entropy", "first"]);
  expect(found.measures).toEqual([
    [0.5, 0.25],
    [null, 1],
  ]);
  expect(found.bound[0]).toBeCloseTo(1 / 255);
});

it("positions that are time have its unit, and when each begins", async () => {
  const timed = structuredClone(header);
  timed.units = [{ axis: "audio", unit: "ms", per_token: 12.5 }];
  Object.assign(timed.layers[1] as object, { key_axis: "audio" });
  const found = JSON.parse(await (await jsonOf({ ...data, header: timed })).text());
  expect([found.key_unit, found.key_tokens]).toEqual(["ms", ["0", "12.5", "25"]]);
  expect([found.query_unit, found.query_tokens]).toEqual(["", ["0", "1"]]);
});

it("measures of another number of heads are of other layers, and left out", async () => {
  const found = JSON.parse(await (await jsonOf({ ...data, measures: { ...measures, rows: 4 } })).text());
  expect([found.measure_names, found.measures]).toEqual([[], [[], []]]);
});

it("what cannot be fetched fails the file", async () => {
  const head = async () => {
    throw new Error("no blob");
  };
  await expect(npzOf({ ...data, head })).rejects.toThrow("no blob");
  await expect(jsonOf({ ...data, layer: 9 })).rejects.toThrow("has 2 layers, and none of number 9");
});

it("says which weights are known where not all are", async () => {
  const some = structuredClone(header);
  const strongest = {
    parts: [],
    queries: 2,
    keys: 3,
    count: 1,
    query_axis: "",
    key_axis: "",
    held: [],
    least_held: [],
  };
  Object.assign(some.layers[1] as object, { strongest: [strongest] });
  const rows = [
    [0.5, 0.25, 0.25],
    [0, 0, 1],
  ];
  const partly = partlyKnown(rows, [
    [1, 0, 0],
    [1, 1, 1],
  ]);
  const input = { ...data, header: some, head: async () => partly };
  const found = JSON.parse(await (await jsonOf(input)).text());
  expect(found.known).toEqual([
    [[0], null],
    [[0], null],
  ]);
  const text = new TextDecoder("latin1").decode(await (await npzOf(input)).arrayBuffer());
  expect(text).toContain("known.npy");
  expect(new TextDecoder("latin1").decode(await (await npzOf(data)).arrayBuffer())).not.toContain("known.npy");
});

it("a rollout is one matrix, with the layers that it is made of", async () => {
  const rollout = { ...data, rolled: ["encoder/self", "decoder/cross"] };
  const found = JSON.parse(await (await jsonOf(rollout)).text());
  expect(found.rollout[0]).toEqual([1, 0, 0]);
  expect([found.layer, found.layers, found.bound]).toEqual(["decoder/cross", rollout.rolled, expect.closeTo(1 / 255)]);
  expect(Object.keys(found)).not.toContain("measures");
  const text = new TextDecoder("latin1").decode(await (await npzOf(rollout)).arrayBuffer());
  for (const name of ["rollout.npy", "bound.npy", "layers.npy"]) expect(text).toContain(name);
  for (const name of ["weights.npy", "measures.npy"]) expect(text).not.toContain(name);
});
