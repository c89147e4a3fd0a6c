import { describe, expect, it } from "vitest";
import { quantised } from "../testing";
import { barsOf } from "./bars";
import { comparedRibbons } from "./comparedRibbons";
import { focusOf, opacityOf, ribbonsOf, valuesOf, widthOf } from "./scene";

const matrix = quantised([
  [0.9, 0.08, 0.02],
  [0.1, 0.2, 0.7],
]);
const heads = [{ head: 0, matrix, colour: "blue" }];
const [queries, keys] = [
  [0, 1],
  [0, 1, 2],
];

describe("the focus", () => {
  it("is what is pointed at, before what is pinned", () => {
    expect(focusOf({ query: 1, key: 2 }, 0)).toEqual({ side: "query", position: 1 });
    expect(focusOf({ query: null, key: 2 }, null)).toEqual({ side: "key", position: 2 });
    expect(focusOf({ query: null, key: 2 }, 0)).toEqual({ side: "query", position: 0 });
    expect(focusOf({ query: null, key: null }, null)).toBeNull();
  });
});

describe("ribbons", () => {
  it("are the strongest to 90 %, the weak below the strong", () => {
    const ribbons = ribbonsOf(heads, queries, keys, null);
    expect(ribbons.map(({ query, key }) => `${query}${key}`)).toEqual(["11", "12", "00"]);
    expect(ribbons.at(-1)).toMatchObject({ colour: "blue", width: expect.closeTo(widthOf(0.9), 3) });
  });

  it("are at most six a word", () => {
    const even = quantised([new Array(40).fill(1 / 40)]);
    const all = Array.from({ length: 40 }, (_, key) => key);
    expect(ribbonsOf([{ head: 0, matrix: even, colour: "" }], [0], all, null).length).toBeLessThanOrEqual(6);
  });

  it("of other words than the focus are faded, and those into a key are all there", () => {
    const ofQuery = ribbonsOf(heads, queries, keys, { side: "query", position: 0 });
    expect(ofQuery.filter(({ query }) => query === 1).every(({ opacity }) => opacity === 0.13)).toBe(true);
    expect(ofQuery.find(({ query }) => query === 0)?.opacity).toBeCloseTo(opacityOf(0.9), 1);
    const intoKey = ribbonsOf(heads, queries, keys, { side: "key", position: 1 });
    expect(intoKey.filter(({ key }) => key === 1)).toHaveLength(2);
  });
});

it("of A and B take a colour where one side is larger", () => {
  const other = quantised([
    [0.5, 0.3, 0.2],
    [0.1, 0.2, 0.7],
  ]);
  const colours = { a: "orange", b: "purple", same: "grey" };
  const a = comparedRibbons("a", matrix, other, queries, keys, null, colours);
  expect(a.find(({ query, key }) => query === 0 && key === 0)?.colour).toBe("orange");
  expect(a.find(({ query, key }) => query === 1 && key === 2)?.colour).toBe("grey");
  const b = comparedRibbons("b", other, matrix, queries, keys, null, colours);
  expect(b.find(({ query, key }) => query === 0 && key === 1)?.colour).toBe("purple");
  expect(comparedRibbons("a", matrix, null, queries, keys, null, colours)[0]?.colour).toBe("grey");
});

it("values stand beside what the focus looks at", () => {
  const focus = { side: "query", position: 1 } as const;
  const values = valuesOf(ribbonsOf(heads, queries, keys, focus), focus);
  expect(values.map(({ position }) => position)).toEqual([1, 2]);
  expect(valuesOf([], null)).toEqual([]);
});

it("bars tell what each of several heads gives", () => {
  const two = [...heads, { head: 1, matrix, colour: "red" }];
  expect(barsOf(two, { side: "query", position: 0 }, "key", 0)).toContain("red");
  expect(barsOf(heads, { side: "query", position: 0 }, "key", 0)).toBe("");
  expect(barsOf(two, { side: "query", position: 0 }, "query", 0)).toBe("");
});
