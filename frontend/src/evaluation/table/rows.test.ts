import { describe, expect, it } from "vitest";
import { madeTables } from "../testing";
import { rowsOf } from "./rows";

const VALUES: Record<string, [before: number, now: number, count: number]> = {
  all: [50, 52, 900],
  short: [60, 58, 300],
  long: [30, 40, 90],
  names: [45, 44, 200],
  few: [5, 1, 49],
  nothing: [Number.NaN, Number.NaN, 60],
};
const tables = madeTables([10, 20], Object.keys(VALUES), ["chrf", "loss"], (step, slice, measure) => {
  const [before, now, count] = VALUES[slice] as [number, number, number];
  const value = step === 10 ? before : now;
  return measure === "chrf"
    ? { value, low: value - 30 / Math.sqrt(count), high: value + 30 / Math.sqrt(count), count }
    : { value: 100 - value, count };
});
const [a, b] = [
  { tables, at: 1 },
  { tables, at: 0 },
];
const named = (order: "worst" | "change" | "clearest" | "logged", measure = "chrf", compared = true) =>
  rowsOf(a, compared ? b : null, tables.slices, tables.measures, measure, order).map(({ slice }) => slice);

describe("the order of the slices", () => {
  it("is worst first, the whole set on top; few examples are not ranked, and what has no value is last", () => {
    expect(named("worst")).toEqual(["all", "long", "names", "short", "few", "nothing"]);
    expect(named("worst", "loss")).toEqual(["all", "long", "names", "short", "few", "nothing"]);
  });
  it("is by what was lost since B", () => {
    expect(named("change")).toEqual(["all", "short", "names", "long", "few", "nothing"]);
  });
  it("is by how sure the difference is", () => {
    expect(named("clearest")).toEqual(["all", "long", "short", "names", "few", "nothing"]);
  });
  it("is as logged", () => {
    expect(named("logged")).toEqual(Object.keys(VALUES));
  });
  it("without B is that of A", () => {
    expect(named("change", "chrf", false)).toEqual(named("worst"));
  });
});

it("counts what the measure is of that the rows are sorted by: a text measure of the few examples shown is none of all", () => {
  const counts = { accuracy: 600, chrf: 12 } as Record<string, number>;
  const mixed = madeTables([10], ["all", "short"], ["accuracy", "chrf"], (_, slice, measure) =>
    slice === "short" && measure === "chrf" ? {} : { value: 0.5, count: counts[measure] },
  );
  const rows = (measure: string) =>
    rowsOf({ tables: mixed, at: 0 }, null, mixed.slices, mixed.measures, measure, "worst").map(
      ({ count, isRanked }) => [count, isRanked],
    );
  expect(rows("accuracy")).toEqual([
    [600, true],
    [600, true],
  ]);
  expect(rows("chrf")).toEqual([
    [12, false],
    [600, true], // of what it has: without a value it is last, anyway
  ]);
});

it("says which changes are clear, those of few examples never", () => {
  const rows = rowsOf(a, b, tables.slices, tables.measures, "chrf", "logged");
  const clear = rows.filter(({ changes }) => changes.get("chrf")?.isClear).map(({ slice }) => slice);
  expect(clear).toEqual(["all", "long"]);
  expect(rows[2]?.changes.get("chrf")?.value).toBe(10);
  expect(rowsOf(a, null, tables.slices, tables.measures, "chrf", "logged")[2]?.changes.size).toBe(0);
});
