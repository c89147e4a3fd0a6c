import { describe, expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { MEASURES } from "../../wire/schema.gen";
import type { Measure } from "../types";
import { formedAt, type Pattern, patternOf, patternsOver } from "./patterns";

const of = (values: Partial<Record<Measure, number>>) => (measure: Measure) => values[measure] ?? Number.NaN;
const measured = { confidence: 0.3, normalized_entropy: 0.6 };

describe("what a head does", () => {
  it.each<[Pattern, Partial<Record<Measure, number>>]>([
    ["previous", { ...measured, previous: 0.55, first: 0.3 }],
    ["first", { ...measured, first: 0.7, previous: 0.2 }],
    ["induction", { ...measured, induction: 0.6, previous: 0.1 }],
    // A first token that comes again is looked at as the first.
    ["first", { ...measured, first: 0.6, duplicate: 0.9 }],
    ["near", { ...measured, self: 0.3, previous: 0.3, next: 0.2 }],
    ["aligned", { ...measured, diagonality: 0.05, monotonicity: 0.9 }],
    // Of equal weights over eight keys of a causal head: much is on the first, and that says nothing.
    ["broad", { confidence: 0.34, normalized_entropy: 1, first: 0.34, self: 0.34, previous: 0.22 }],
    ["broad", { confidence: 0.5, normalized_entropy: 0.95, first: 0.52 }],
    ["few", { confidence: 0.7, normalized_entropy: 0.3, first: 0.1 }],
    ["mixed", measured],
  ])("%s", (pattern, values) => {
    expect(patternOf(of(values))).toBe(pattern);
  });

  it("is not known without measures", () => {
    expect(patternOf(of({}))).toBeNull();
  });
});

describe("over the steps", () => {
  const previous = [0.1, 0.45, 0.6, 0.42, 0.7, 0.3];
  const measures: Measures = {
    steps: [0, 10, 20, 30, 40, 50],
    names: [...MEASURES],
    rows: 1,
    layers: [],
    values: Float32Array.from(
      previous.flatMap((value) =>
        MEASURES.map((name) => (name === "previous" ? value : name === "confidence" ? 0.2 : Number.NaN)),
      ),
    ),
  };

  it("a head stays what it is until it does that clearly less", () => {
    expect(patternsOver(measures, 0)).toEqual(["mixed", "mixed", "previous", "previous", "previous", "mixed"]);
  });

  it("it is told since when", () => {
    const patterns = patternsOver(measures, 0);
    expect([4, 2, 1, 5].map((at) => formedAt(patterns, at))).toEqual([2, 2, -1, -1]);
    expect(formedAt(["first", "first"], 1)).toBe(0);
    expect(formedAt([], 0)).toBe(-1);
  });
});
