import { expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import { quantised } from "../testing";
import { weightAt } from "../weights";
import type { LoadedRecord } from "./record";
import { hasWords } from "./sides";
import { thumbnailOf } from "./thumbnail";
import { inWords, stillInWords } from "./words";

const SOURCE = ["[CLS]", "un", "##able", "[SEP]"];
const side = { queries: 4, keys: 4, query_axis: "source", key_axis: "source" };
const self = layerHeader({ path: "encoder", role: "encoder self", ...side });
const cross = layerHeader({
  path: "cross",
  role: "cross",
  queries: 2,
  keys: 4,
  key_axis: "source",
  query_axis: "target",
});
const large = layerHeader({ path: "large", thumbnail: true, ...side });
const pooled = layerHeader({ path: "pooled", pooled: [2, 2], ...side });
const header = { ...attentionHeader([self, cross, large, pooled]), axes: { source: SOURCE, target: ["une", "pomme"] } };
const matrix = quantised([
  [0.25, 0.25, 0.25, 0.25],
  [0, 0.5, 0.5, 0],
  [1, 0, 0, 0],
  [0, 0, 0.5, 0.5],
]);
const crossing = quantised([
  [0.25, 0.25, 0.25, 0.25],
  [0, 0.5, 0.5, 0],
]);
const record: LoadedRecord = {
  address: { run: "run", tag: "attention/probe", step: 0, written: 0 },
  header,
  layer: 0,
  head: 0,
  heads: [0],
  matrices: new Map([[0, matrix]]),
  thumbnails: [[thumbnailOf(matrix)], [thumbnailOf(crossing)], [thumbnailOf(matrix)], [thumbnailOf(matrix)]],
};

it("a record in words has axes, layers, weights and small pictures of words", () => {
  const words = inWords(record);
  expect(words.header.axes).toEqual({ source: ["[CLS]", "unable", "[SEP]"], target: ["une", "pomme"] });
  expect(words.header.layers.map(({ queries, keys }) => [queries, keys])).toEqual([
    [3, 3],
    [2, 3],
    [3, 3],
    [4, 4],
  ]);
  const merged = words.matrices.get(0);
  expect([merged?.queries, merged?.keys]).toEqual([3, 3]);
  expect(merged && [0, 1, 2].map((key) => weightAt(merged, 1, key))).toEqual([0.5, 0.5, 0]);
  expect(words.thumbnails[0]?.[0]).toMatchObject({ rows: 3, columns: 3 });
  expect(Array.from(words.thumbnails[1]?.[0]?.levels ?? [])).toEqual([128, 181, 128, 0, 255, 0]);
});

it("what cannot be merged stays that of tokens, and the record says what it was", () => {
  const words = inWords(record);
  expect(words.tokens).toBe(header);
  expect(words.thumbnails[2]).toBe(record.thumbnails[2]);
  expect(words.thumbnails[3]).toEqual(record.thumbnails[3]);
  expect(header.layers.map((layer) => hasWords(header, layer))).toEqual([true, true, true, false]);
  const plain = { ...record, header: { ...header, axes: { source: ["a", "b", "c", "d"] } } };
  expect(inWords(plain)).toBe(plain);
  expect(inWords({ ...record, header: { ...header, axes: { source: ["un", "##able"] } } }).tokens).toBeUndefined();
});

it("a still is in words where all its weights are there", () => {
  const still = { header, layer: self, matrix, thumbnail: null };
  const words = stillInWords(still);
  expect(words).toMatchObject({ layer: { queries: 3, keys: 3 }, matrix: { queries: 3, keys: 3 } });
  expect(stillInWords(still)).toBe(words);
  const small = { header, layer: large, matrix: null, thumbnail: thumbnailOf(matrix) };
  expect(stillInWords(small)).toBe(small);
});
