import { describe, expect, test } from "vitest";
import { createStrip, scrollTo, stripScroll, tokenMiddle, tokenStart, tokensInSight } from "./strip";

const strip = createStrip([10, 20, 30, 40]);

test("createStrip adds up the sizes", () => {
  expect(Array.from(strip.starts)).toEqual([0, 10, 30, 60, 100]);
  expect(strip.length).toBe(100);
  expect(createStrip([]).length).toBe(0);
});

describe("tokensInSight", () => {
  test.each([
    [0, 100, 0, 4],
    [0, 9, 0, 1],
    [10, 15, 1, 2],
    [15, 20, 1, 3],
    [99, 50, 3, 4],
  ])("from %d, %d long: tokens %d to %d", (scroll, room, from, to) => {
    expect(tokensInSight(strip, scroll, room)).toEqual({ from, to });
  });
  test("few tokens of many", () => {
    const { from, to } = tokensInSight(createStrip(new Float64Array(4096).fill(20)), 40_000, 600);
    expect(from).toBe(2000);
    expect(to).toBe(2031);
  });
});

test("two strips begin and end together", () => {
  const long = createStrip([1000]);
  expect(stripScroll(long, 1000, 100, 450)).toBe(450);
  expect(stripScroll(createStrip([300]), 1000, 100, 450)).toBe(100);
  expect(stripScroll(createStrip([300]), 1000, 100, 900)).toBe(200);
  expect(stripScroll(strip, 1000, 100, 450)).toBe(0);
  expect(stripScroll(strip, 100, 200, 5)).toBe(0);
});

test("scrollTo brings a token to the middle", () => {
  const rows = createStrip(new Float64Array(100).fill(20));
  for (const token of [0, 37, 50, 99]) {
    const view = {
      strip: rows,
      scroll: stripScroll(rows, 5000, 300, scrollTo(rows, 5000, 300, token)),
      rightEdge: null,
    };
    expect(tokenStart(view, token)).toBeGreaterThanOrEqual(0);
    expect(tokenStart(view, token)).toBeLessThanOrEqual(280);
  }
  expect(tokenMiddle({ strip: rows, scroll: scrollTo(rows, 2000, 300, 50), rightEdge: null }, 50)).toBeCloseTo(150);
  expect(scrollTo(strip, 5000, 300, 2)).toBe(0);
});

test("tokens run from the left or from the right", () => {
  expect(tokenStart({ strip, scroll: 5, rightEdge: null }, 1)).toBe(5);
  expect(tokenMiddle({ strip, scroll: 5, rightEdge: null }, 1)).toBe(15);
  expect(tokenStart({ strip, scroll: 0, rightEdge: 100 }, 0)).toBe(90);
  expect(tokenStart({ strip, scroll: 0, rightEdge: 100 }, 3)).toBe(0);
  expect(tokenMiddle({ strip, scroll: 30, rightEdge: 100 }, 2)).toBe(85);
});
