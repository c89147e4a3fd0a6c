import { describe, expect, test } from "vitest";
import type { Label } from "../../tokens/labels";
import { tokenStart } from "./strip";
import { stripView, textLayout } from "./textLayout";

const labels = (...widths: number[]): Label[] =>
  widths.map((width) => ({ mark: "", text: "x", title: "x", kind: "word", width }));
const container = { width: 800, height: 400 };

describe("textLayout, columns", () => {
  test("queries, lines, keys from left to right, without gaps or overlap", () => {
    const { query, ribbons, key } = textLayout("columns", container, labels(30, 40), labels(60), 1);
    expect(query.left).toBe(0);
    expect(ribbons.left).toBe(query.width);
    expect(key.left).toBe(ribbons.left + ribbons.width);
    expect(key.left + key.width).toBeLessThanOrEqual(800);
  });
  test("an endless token leaves room for the lines", () => {
    const { ribbons } = textLayout("columns", { width: 300, height: 400 }, labels(9000), labels(9000), 12);
    expect(ribbons.width).toBeGreaterThanOrEqual(40);
  });
  test("scrolls as far as the longer side", () => {
    const { extent, queries } = textLayout("columns", container, labels(...Array(512).fill(30)), labels(30), 1);
    expect(extent).toEqual({ width: 800, height: queries.length });
  });
  test("several heads get room for their bars, never without end", () => {
    expect(textLayout("columns", container, labels(9), labels(9), 1).bars).toBe(0);
    expect(textLayout("columns", container, labels(9), labels(9), 4).bars).toBe(20);
    expect(textLayout("columns", container, labels(9), labels(9), 64).bars).toBe(48);
  });
});

describe("textLayout, lines", () => {
  test("queries above keys, tokens as wide as their text", () => {
    const { query, ribbons, key, queries } = textLayout("lines", container, labels(30, 2, 9000), labels(60), 1);
    expect(Array.from(queries.starts)).toEqual([0, 38, 54, 294]);
    expect(ribbons.top).toBe(query.height);
    expect(key.top).toBe(ribbons.top + ribbons.height);
  });
  test("a mirrored line starts where the longer one ends", () => {
    const places = textLayout("lines", container, labels(30, 30), labels(92), 1);
    expect(tokenStart(stripView(places, places.queries, 0, true), 0)).toBe(62);
    expect(tokenStart(stripView(places, places.queries, 0, false), 0)).toBe(0);
  });
});
