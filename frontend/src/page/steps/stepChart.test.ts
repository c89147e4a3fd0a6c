import { describe, expect, it } from "vitest";
import { type ChartInput, stepChart } from "./stepChart";

const geometric = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256];

const chart = (some: Partial<ChartInput> = {}) =>
  stepChart({
    steps: geometric,
    spacing: "records",
    values: geometric.map((_, index) => 10 - index),
    valuesB: null,
    a: 9,
    b: -1,
    width: 912,
    left: 100,
    isShort: false,
    widthOf: (text) => 7 * text.length,
    format: String,
    ...some,
  });

describe("the places of records", () => {
  it("are equally far, whatever the steps", () => {
    const { xOf } = chart();
    const gaps = geometric.slice(1).map((_, index) => xOf(index + 1) - xOf(index));
    expect(xOf(0)).toBe(100);
    expect(xOf(9)).toBe(900);
    for (const gap of gaps) expect(gap).toBeCloseTo(800 / 9);
  });

  it("are linear in steps by choice", () => {
    const { xOf } = chart({ spacing: "steps" });
    expect(xOf(8) - 100).toBeCloseTo((800 * 128) / 256);
  });

  it("a single record stands in the middle", () => {
    expect(chart({ steps: [7], values: [1], a: 0 }).xOf(0)).toBe(500);
  });

  it("the nearest one is under the pointer", () => {
    const { indexAt, xOf } = chart();
    expect([indexAt(-50), indexAt(xOf(3) + 5), indexAt((xOf(3) + xOf(4)) / 2 + 1), indexAt(9999)]).toEqual([
      0, 3, 4, 9,
    ]);
  });
});

describe("the line", () => {
  const heights = (path: string) => [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));

  it("is logarithmic where the values differ much", () => {
    const values = [1000, 100, 10];
    const [high, middle, low] = heights(chart({ steps: [0, 1, 2], values, a: 2 }).path) as [number, number, number];
    expect(middle - high).toBeCloseTo(low - middle, 0);
    const linear = heights(chart({ steps: [0, 1, 2], values: [3, 2.9, 1], a: 2 }).path) as [number, number, number];
    expect(linear[1] - linear[0]).toBeLessThan(3);
  });

  it("is broken where values are missing, and told by its extremes", () => {
    const { path, least, most, a } = chart({ values: [1, 2, Number.NaN, 3, 4, 5, 6, 7, 8, Number.NaN] });
    expect(path.match(/M/g)).toHaveLength(2);
    expect([least, most]).toEqual([1, 8]);
    expect(a?.y).toBeNull();
  });

  it("shares its scale with that of the other run", () => {
    const { least, most, pathB } = chart({ valuesB: geometric.map(() => 40) });
    expect([least, most]).toEqual([1, 40]);
    expect(pathB).not.toBe("");
  });

  it("is dots where there are one or two records, and nothing without values", () => {
    const { path, dots } = chart({ steps: [0, 1], values: [2, 1], a: 1 });
    expect([path, dots.length]).toEqual(["", 2]);
    expect(chart({ values: null })).toMatchObject({ path: "", dots: [], least: Number.NaN });
  });
});

describe("ticks and labels", () => {
  it("ticks under 3 px apart become a band, the labels stay apart", () => {
    const steps = Array.from({ length: 300 }, (_, index) => index * 50);
    const { ticks, labels } = chart({ steps, values: null, a: 299 });
    expect(ticks).toBeNull();
    expect(chart().ticks).toHaveLength(10);
    const ends = labels.map(({ x, text }) => [x - 3.5 * text.length, x + 3.5 * text.length] as const);
    ends.slice(1).forEach(([from], index) => {
      expect(from - (ends[index]?.[1] ?? 0)).toBeGreaterThanOrEqual(14);
    });
    expect(labels.length).toBeGreaterThan(8);
  });

  it("no label lies under a handle or beyond the edge", () => {
    const { labels, a, b } = chart({ a: 4, b: 7 });
    for (const handle of [a, b])
      for (const { x } of labels) expect(Math.abs((handle?.badge ?? 0) - x)).toBeGreaterThan(13);
    expect(labels.map(({ text }) => text)).not.toContain("8");
    for (const { x, text } of labels) expect(x + 3.5 * text.length).toBeLessThanOrEqual(912);
  });

  it("a short bar has none", () => {
    expect(chart({ isShort: true }).labels).toEqual([]);
  });
});

it("handles at one step stand side by side", () => {
  const { a, b } = chart({ a: 3, b: 3 });
  expect(a?.x).toBe(b?.x);
  expect((b?.badge ?? 0) - (a?.badge ?? 0)).toBeGreaterThanOrEqual(20);
  expect(chart({ b: -1 }).b).toBeNull();
  const last = chart({ a: 9, b: 9 });
  expect((last.b?.badge ?? 0) + 10).toBeLessThanOrEqual(912);
  expect((last.b?.badge ?? 0) - (last.a?.badge ?? 0)).toBeGreaterThanOrEqual(20);
});
