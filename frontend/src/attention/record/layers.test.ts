import { expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import {
  blobsNeeded,
  findLayer,
  firstHeadOf,
  groupLayers,
  layerKey,
  layerLike,
  shortPaths,
  tokensAlong,
} from "./layers";

const header = attentionHeader([
  layerHeader({ path: "decoder/cross", role: "cross", heads: 2, parts: [{ blob: 1, first_head: 0, heads: 2 }] }),
  layerHeader({
    path: "encoder/self",
    role: "encoder self",
    heads: 4,
    thumbnail: true,
    parts: [
      { blob: 2, first_head: 0, heads: 2 },
      { blob: 3, first_head: 2, heads: 2 },
    ],
  }),
  layerHeader({ path: "encoder/self", call: 1, role: "encoder self", heads: 1, thumbnail: true }),
]);

it("tells calls of one layer apart", () => {
  expect(header.layers.map(layerKey)).toEqual(["decoder/cross", "encoder/self", "encoder/self#1"]);
  expect(findLayer(header, "encoder/self#1")).toBe(2);
  expect(findLayer(header, "gone")).toBe(-1);
  expect(findLayer(header, null)).toBe(-1);
});

it("groups by role in the order of the schema, and by first call within one", () => {
  expect(groupLayers(header)).toEqual([
    { role: "encoder self", layers: [1, 2] },
    { role: "cross", layers: [0] },
  ]);
});

it("knows where a layer starts in a row of measures", () => {
  expect([0, 1, 2].map((layer) => firstHeadOf(header, layer))).toEqual([0, 2, 6]);
});

it("asks for no blob that is not in sight", () => {
  expect(blobsNeeded({ ...header, overview: 9 }, 1, [3])).toEqual([9, 1, 3]);
  expect(blobsNeeded({ ...header, overview: 9 }, 1, [1, 2])).toEqual([9, 1, 2, 3]);
  expect(blobsNeeded({ ...header, overview: 9 }, 0, [0])).toEqual([9, 1]);
});

it("numbers the positions of an axis without tokens, or with tokens that do not fit", () => {
  const named = { ...header, axes: { source: ["a", "b"] } };
  expect(tokensAlong(named, "source", 2)).toEqual(["a", "b"]);
  expect(tokensAlong(named, "", 3)).toEqual(["0", "1", "2"]);
  expect(tokensAlong(named, "source", 3)).toEqual(["0", "1", "2"]);
});

it("leaves out what all paths share", () => {
  expect(shortPaths(["decoder/block_0/self", "decoder/block_1/self"])).toEqual(["block_0/self", "block_1/self"]);
  expect(shortPaths(["decoder/self", "decoder/self"])).toEqual(["self", "self"]);
  expect(shortPaths(["a", "a/b"])).toEqual(["a", "a/b"]);
  expect(shortPaths(["decoder/cross"])).toEqual(["decoder/cross"]);
  expect(shortPaths([])).toEqual([]);
});

it("finds the layer at the same place of another model, where that has as many of its role", () => {
  const of = (...paths: string[]) =>
    attentionHeader([
      layerHeader({ path: "cross", role: "cross" }),
      ...paths.map((path) => layerHeader({ path, role: "encoder self" })),
    ]);
  expect(layerLike(of("c", "d"), of("a", "b"), 2)).toBe(2);
  expect(layerLike(of("c", "d"), of("a", "b"), 0)).toBe(0);
  expect(layerLike(of("c"), of("a", "b"), 1)).toBe(-1);
  expect(layerLike(of("c"), of("a", "b"), 9)).toBe(-1);
  expect(layerLike(of("b", "a"), of("a", "b"), 1)).toBe(2);
});
