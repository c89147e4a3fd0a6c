import { describe, expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import { toldWeight } from "../reading";
import { quantised } from "../testing";
import { isKnown, weightAt } from "../weights";
import { blobsNeeded, storedSides } from "./layers";
import { layerInItsOwnSides, spread } from "./strongest";

/** Of 4 queries and 5 keys the blocks of 2 x 2, and of each query the 2 strongest. */
const WEIGHTS = [
  [0.5, 0.1, 0.3, 0.05, 0.05],
  [0.1, 0.2, 0.1, 0.6, 0],
  [0, 0.9, 0, 0, 0],
  [0.4, 0.1, 0.2, 0.2, 0.1],
];
const blocks = quantised([
  [0.5, 0.6, 0.05],
  [0.9, 0.2, 0.1],
]);
const kept = {
  weights: quantised([
    [0.5, 0.3],
    [0.2, 0.6],
    [0.9, 0],
    [0.4, 0.2],
  ]),
  gaps: Uint8Array.of(1, 2, 2, 2, 2, 0, 1, 2),
  keys: 5,
  isCausal: false,
};

describe("spread", () => {
  const whole = spread(blocks, [2, 2], kept);
  it("has what is kept in its place, and 0 where that is all there is", () => {
    const known = WEIGHTS.map((row, query) => row.map((_, key) => Number(isKnown(whole, query, key))));
    expect(known).toEqual([
      [1, 0, 1, 0, 0],
      [0, 1, 0, 1, 0],
      [1, 1, 1, 1, 1],
      [1, 0, 1, 0, 0],
    ]);
    WEIGHTS.forEach((row, query) => {
      row.forEach((weight, key) => {
        if (isKnown(whole, query, key)) expect(Math.abs(weightAt(whole, query, key) - weight)).toBeLessThan(1 / 255);
      });
    });
  });
  it("has elsewhere what the weight is at most: by its block, and by the least that is kept of its query", () => {
    WEIGHTS.forEach((row, query) => {
      row.forEach((weight, key) => {
        expect(weightAt(whole, query, key)).toBeGreaterThan(weight - 1 / 255);
      });
    });
    const most = (query: number, key: number) => Number(weightAt(whole, query, key).toFixed(2));
    expect([most(0, 1), most(0, 3), most(0, 4), most(1, 4), most(3, 4)]).toEqual([0.3, 0.3, 0.05, 0.05, 0.1]);
    expect([toldWeight(whole, 0, 0), toldWeight(whole, 0, 4)]).toEqual(["0.500", "≤ 0.0517"]);
  });
  it("says what is not finite: of a query the others are, where another weight is kept", () => {
    const broken = quantised([
      [0.5, Number.NaN, 0.05],
      [0.9, 0.2, 0.1],
    ]);
    const some = quantised([
      [0.5, 0.3],
      [0.2, Number.NaN],
      [Number.NaN, Number.NaN],
      [0.4, 0.2],
    ]);
    const found = spread(broken, [2, 2], { ...kept, weights: some, gaps: Uint8Array.of(1, 2, 2, 2, 1, 1, 1, 2) });
    expect([weightAt(found, 1, 3), weightAt(found, 0, 2)]).toEqual([Number.NaN, expect.closeTo(0.3, 2)]);
    expect([weightAt(found, 1, 2), weightAt(found, 0, 3)]).toEqual([expect.closeTo(0.2, 2), expect.closeTo(0.3, 2)]);
    expect(weightAt(found, 2, 4)).toBeCloseTo(0.1, 2);
  });
  it("has signs, of what is not known that of the strongest of its block", () => {
    const negative = (matrix: typeof blocks) => ({
      ...matrix,
      negative: matrix.levels.map((level) => Number(level > 0)),
    });
    const found = spread(negative(blocks), [2, 2], { ...kept, weights: negative(kept.weights) });
    expect([weightAt(found, 0, 0), weightAt(found, 0, 1)]).toEqual([expect.closeTo(-0.5, 2), expect.closeTo(-0.3, 2)]);
  });
  it("refuses places that are no keys, and any behind the last", () => {
    for (const gaps of [Uint8Array.of(1, 5, 2, 2, 2, 0, 1, 2), Uint8Array.of(0, 2, 2, 2, 2, 0, 1, 2)])
      expect(() => spread(blocks, [2, 2], { ...kept, gaps })).toThrow(/of query [01] do not rise within 5 keys/);
  });
  it("knows that what is after the query's own place is 0 where all is", () => {
    const causal = { ...kept, keys: 4, gaps: Uint8Array.of(1, 0, 1, 1, 2, 0, 1, 2), isCausal: true };
    const found = spread(
      quantised([
        [0.5, 0],
        [0.9, 0.2],
      ]),
      [2, 2],
      causal,
    );
    const known = [0, 1, 2, 3].map((query) => [0, 1, 2, 3].map((key) => Number(isKnown(found, query, key))));
    expect(known).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 0, 1, 0],
    ]);
    expect([weightAt(found, 2, 3), weightAt(found, 0, 1)]).toEqual([0, 0]);
    expect(() => spread(blocks, [2, 2], { ...causal, gaps: Uint8Array.of(1, 1, 1, 1, 2, 0, 1, 2) })).toThrow(
      "of query 0 do not rise within 1 keys",
    );
  });
});

describe("a layer of which the strongest weights are kept", () => {
  const strongest = {
    parts: [{ blob: 3, first_head: 0, heads: 1 }],
    queries: 4,
    keys: 5,
    count: 2,
    query_axis: "tokens",
    key_axis: "tokens",
    held: [0.8],
    least_held: [0.6],
    causal: false,
  };
  const parts = [{ blob: 1, first_head: 0, heads: 1 }];
  const layer = layerHeader({ queries: 2, keys: 3, pooled: [2, 2], thumbnail: true, parts, strongest: [strongest] });
  it("has the queries and keys of the model, and needs both blobs", () => {
    const whole = layerInItsOwnSides(layer, 0);
    expect(whole).toMatchObject({ queries: 4, keys: 5, query_axis: "tokens", pooled: [2, 2] });
    for (const said of [layer, whole]) expect(storedSides(said)).toEqual({ queries: 2, keys: 3 });
    expect(blobsNeeded(attentionHeader([whole]), 0, [0])).toEqual([1, 3]);
    expect(blobsNeeded(attentionHeader([whole]), -1, [])).toEqual([]);
  });
  it("is one of blocks where it is too large to be drawn", () => {
    const large = { ...strongest, queries: 2 ** 14, keys: 2 ** 14 };
    const found = layerInItsOwnSides(
      { ...layer, queries: 2, keys: 2, pooled: [2 ** 13, 2 ** 13], strongest: [large] },
      0,
    );
    expect(found).toMatchObject({ queries: 2, keys: 2, strongest: [] });
  });
  it("is refused where what is said of it does not fit", () => {
    for (const some of [
      { pooled: [] },
      { pooled: [4, 2] },
      { pooled: [0, 2] },
      { heads: 2 },
      { strongest: [strongest, strongest] },
      { strongest: [{ ...strongest, count: 0 }] },
      { strongest: [{ ...strongest, held: [] }] },
      { strongest: [{ ...strongest, causal: true }] },
      { strongest: [{ ...strongest, parts: [{ blob: 3, first_head: 1, heads: 1 }] }] },
    ])
      expect(() => layerInItsOwnSides({ ...layer, ...some }, 4), JSON.stringify(some)).toThrow(
        "Layer 4 keeps the strongest",
      );
  });
});
