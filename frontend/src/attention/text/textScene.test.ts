import { describe, expect, test } from "vitest";
import { quantised } from "../testing";
import { bars, focusOf, linesPerQuery, opacityOf, ribbonsToDraw, shade, weightsAcross } from "./textScene";

const heads = [
  {
    head: 0,
    colour: "blue",
    matrix: quantised([
      [1, 0],
      [0.25, 0.75],
    ]),
  },
  {
    head: 3,
    colour: "green",
    matrix: quantised([
      [0, 1],
      [0.5, 0.5],
    ]),
  },
];
const both = [0, 1];

describe("focusOf", () => {
  test("the pointer before the pin, a query before a key", () => {
    expect(focusOf({ query: 1, key: 2 }, 5)).toEqual({ side: "query", position: 1 });
    expect(focusOf({ query: null, key: 2 }, 5)).toEqual({ side: "query", position: 5 });
    expect(focusOf({ query: null, key: 2 }, null)).toEqual({ side: "key", position: 2 });
    expect(focusOf({ query: null, key: null }, null)).toBeNull();
  });
});

describe("ribbonsToDraw", () => {
  test("without a choice: the queries in sight, all heads, strong lines on top", () => {
    const drawn = ribbonsToDraw(heads, both, both, [1], null);
    expect(drawn.map(({ query, key, colour }) => `${query} ${key} ${colour}`)).toEqual([
      "1 0 blue",
      "1 0 green",
      "1 1 green",
      "1 1 blue",
    ]);
  });
  test("a chosen query: only its lines, in sight or not", () => {
    const drawn = ribbonsToDraw(heads, both, both, [1], { side: "query", position: 0 });
    expect(drawn.map(({ query, key }) => [query, key])).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });
  test("a chosen key: the lines that end there", () => {
    const drawn = ribbonsToDraw(heads, both, both, both, { side: "key", position: 1 });
    expect(drawn.every(({ key }) => key === 1)).toBe(true);
    expect(drawn.map(({ query, colour }) => `${query} ${colour}`)).toEqual(["1 green", "1 blue", "0 green"]);
  });
  test("even attention does not flood the canvas", () => {
    const even = quantised([Array(500).fill(1 / 500)]);
    const keys = Array.from({ length: 500 }, (_, i) => i);
    const head = { head: 0, colour: "blue", matrix: even };
    expect(ribbonsToDraw([head], [0], keys, [0], null)).toHaveLength(24);
    expect(ribbonsToDraw([head], [0], keys, [0], { side: "query", position: 0 })).toHaveLength(450);
  });
});

test("linesPerQuery shares out what can be drawn at once", () => {
  expect(linesPerQuery(30, 1)).toBe(24);
  expect(linesPerQuery(30, 12)).toBe(6);
  expect(linesPerQuery(100, 64)).toBe(3);
  expect(linesPerQuery(0, 0)).toBe(24);
});

test("weightsAcross tells the other side's weights", () => {
  const focus = { side: "query", position: 1 } as const;
  expect(weightsAcross(heads, focus, "key", 0)?.map((weight) => Number(weight.toFixed(2)))).toEqual([0.25, 0.5]);
  expect(weightsAcross(heads, focus, "query", 0)).toBeNull();
  expect(weightsAcross(heads, { side: "key", position: 0 }, "query", 0)).toEqual([1, 0]);
  expect(weightsAcross(heads, null, "key", 0)).toBeNull();
});

test("opacity grows with the weight and never breaks a colour", () => {
  expect([0, 0.25, 1, 7, Number.NaN, Number.POSITIVE_INFINITY].map(opacityOf)).toEqual([0, 0.5, 1, 1, 0, 0]);
  expect(shade("blue", 1)).toBe("color-mix(in srgb, blue 60.0%, transparent)");
  expect(bars(["blue", "green"], [1, 0], "to right")).toBe(
    "linear-gradient(to right, color-mix(in srgb, blue 100.0%, transparent) 0.00% 50.00%, " +
      "color-mix(in srgb, green 0.0%, transparent) 50.00% 100.00%)",
  );
});
