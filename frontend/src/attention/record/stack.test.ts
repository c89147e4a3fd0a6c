import { expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import type { LayerHeader, LeftOut } from "../../wire/schema.gen";
import { isStack } from "./record";
import { stackOf } from "./stack";

const self = (path: string, call: number, some: Partial<LayerHeader> = {}) =>
  layerHeader({
    path,
    calls: [call],
    role: "encoder self",
    queries: 4,
    keys: 4,
    query_axis: "source",
    key_axis: "source",
    ...some,
  });
const missing: LeftOut = { path: "gone", call: 0, role: "encoder self", queries: 4, keys: 4, after: 1 };

it("goes through the layers over the same tokens, in their order, up to one", () => {
  const header = attentionHeader([
    self("a", 0),
    self("decoder", 1, { role: "decoder self", query_axis: "target", key_axis: "target" }),
    self("cross", 2, { role: "cross", query_axis: "target" }),
    self("short", 3, { queries: 3, keys: 3 }),
    self("b", 4),
  ]);
  expect(stackOf(header, 4)).toEqual({
    layers: [0, 4],
    isWhole: false,
    isInSeries: false,
    isGuess: false,
    tokens: 4,
    isLarge: false,
  });
  expect(stackOf(header, 0)).toMatchObject({ layers: [0] });
  const large = self("large", 0, { heads: 12, queries: 1024, keys: 1024 });
  expect(stackOf(attentionHeader([large]), 0)).toMatchObject({ layers: [0], isLarge: true });
  expect(stackOf(header, 1)).toMatchObject({ layers: [1] });
  expect(stackOf(header, 2)).toEqual({ why: "other tokens" });
  expect(stackOf(header, 9)).toEqual({ why: "other tokens" });
});

it("takes bare positions for the same where there are as many, and says that this is a guess", () => {
  const bare = layerHeader({ queries: 4, keys: 4 });
  expect(stackOf(attentionHeader([bare]), 0)).toMatchObject({ layers: [0], isGuess: true });
  const names = ["a", "b", "c", "d"];
  const named = {
    ...attentionHeader([{ ...bare, key_axis: "key" }]),
    axes: { key: names, same: [...names], experts: ["1", "2", "3", "4"] },
  };
  const withQueries = (query_axis: string, some = {}) => ({
    ...named,
    layers: [{ ...(named.layers[0] as LayerHeader), query_axis, ...some }],
  });
  expect(stackOf(named, 0)).toMatchObject({ layers: [0], isGuess: true });
  expect(stackOf(withQueries("same"), 0)).toMatchObject({ layers: [0], isGuess: false });
  for (const header of [withQueries("experts"), withQueries("", { apart: true })])
    expect(stackOf(header, 0)).toEqual({ why: "other tokens" });
});

it("needs all layers as the model used them", () => {
  const layers = [self("a", 0), self("b", 1)];
  const passes = (...left_out: LeftOut[]) => ({ ...attentionHeader(layers), passes: [{ left_out }] });
  expect(stackOf(passes(), 1)).toEqual({
    layers: [0, 1],
    isWhole: true,
    isInSeries: false,
    isGuess: false,
    tokens: 4,
    isLarge: false,
  });
  expect(stackOf(passes(missing), 1)).toEqual({ why: "left out", layers: ["gone"] });
  expect(isStack(stackOf(passes(missing), 0))).toBe(true);
  expect(isStack(stackOf(passes({ ...missing, role: "cross" }), 1))).toBe(true);
  expect(isStack(stackOf(passes({ ...missing, keys: 5 }), 1))).toBe(true);
  const pooled = self("a", 0, { pooled: [2, 2], queries: 2, keys: 2, query_axis: "source by 2" });
  expect(stackOf(attentionHeader([pooled, self("b", 1)]), 1)).toEqual({ why: "pooled", layers: ["a"] });
  expect(stackOf(attentionHeader([pooled, self("b", 1)]), 0)).toEqual({ why: "pooled", layers: ["a"] });
});

it("goes through layers that are computed from each other, and through no branches", () => {
  const layers = [self("a", 0), self("left", 1), self("right", 2), self("joined", 3), self("other", 4)];
  const header = { ...attentionHeader(layers), reads: [[], [0], [0], [1, 2], []] };
  expect(stackOf(header, 2)).toMatchObject({ layers: [0, 2], isInSeries: true });
  expect(stackOf(header, 3)).toEqual({ why: "side by side", layers: ["left", "right"] });
  expect(stackOf(header, 4)).toMatchObject({ layers: [4], isInSeries: true });
  expect(stackOf({ ...header, reads: [] }, 0)).toMatchObject({ layers: [0], isInSeries: true });
  const inSeries = { ...header, reads: [[], [0], [1], [2], [3]] };
  expect(stackOf(inSeries, 3)).toMatchObject({ layers: [0, 1, 2, 3], isInSeries: true });
  const pooled = {
    ...header,
    layers: [self("a", 0), { ...self("left", 1), pooled: [2, 2], queries: 2, keys: 2 }, ...layers.slice(2)],
  };
  expect(stackOf(pooled, 2)).toMatchObject({ layers: [0, 2] });
});

it.each([[[[0]]], [[[], [2]]], [[[0], []]], [[[], [-1]]]])("refuses layers that are computed from %j", (reads) => {
  const header = { ...attentionHeader([self("a", 0), self("b", 1)]), reads };
  expect(() => stackOf(header, 1)).toThrow("Of 2 layers it is said");
});
