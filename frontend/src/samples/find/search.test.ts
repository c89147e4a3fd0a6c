import { describe, expect, test } from "vitest";
import type { SampleSeries } from "../types";
import { EVERYTHING, type Filter } from "./filter";
import { compile, findMatches, isFound, type Matcher, searchSeries } from "./search";

const matcher = (query: string, isRegex = false) => compile(query, isRegex) as Matcher;
const found = (query: string, text: string, isRegex = false) =>
  findMatches(matcher(query, isRegex), text).map(({ start, end }) => text.slice(start, end));

describe("compile and findMatches", () => {
  test("plain text is taken to the letter", () => {
    expect(found("a.c(", "abc( a.c(")).toEqual(["a.c("]);
    expect(found("^$\\|-/]", "x^$\\|-/]")).toEqual(["^$\\|-/]"]);
  });
  test("both cases unless the query has capitals", () => {
    expect(found("the", "The the THE")).toEqual(["The", "the", "THE"]);
    expect(found("The", "The the THE")).toEqual(["The"]);
    expect(found("straße", "STRAẞE")).toEqual(["STRAẞE"]);
    expect(found("\\S+\\p{L}x", "ABX abx", true)).toEqual(["ABX", "abx"]);
    expect(found("[A-C]+", "abc ABC", true)).toEqual(["ABC"]);
  });
  test("characters beyond 16 bits are one, halves of them are found alone", () => {
    expect(found("^.$", "👍", true)).toEqual(["👍"]);
    expect(found("\ud83d", "👍")).toEqual([]);
    expect(found("\ud83d", "a\ud83d")).toEqual(["\ud83d"]);
  });
  test("lines have ends of their own", () => {
    expect(found("^r\\w+$", "red\nroses grow\nrain", true)).toEqual(["red", "rain"]);
  });
  test("empty matches find a text, and mark nothing in it", () => {
    expect(found("x*", "ax👍x", true)).toEqual(["x", "x"]);
    expect(isFound(matcher("^$", true), "")).toBe(true);
    expect(isFound(matcher("^$", true), "a")).toBe(false);
    expect(isFound(matcher(""), "")).toBe(true);
  });
  test("the same matcher serves many texts", () => {
    const one = matcher("a");
    expect([isFound(one, "ba"), isFound(one, "a"), isFound(one, "a")]).toEqual([true, true, true]);
  });
  test("no end of matches", () => {
    expect(found("a", "a".repeat(10_000))).toHaveLength(1000);
  });
  test("an expression that is none is told in a sentence", () => {
    const failed = compile("(a", true);
    expect(failed).toEqual({
      error: "“(a” is not a regular expression (Unterminated group). Correct it, or search for it as plain text.",
    });
  });
});

const setup = {
  prompts: ["once", "שלום"],
  references: [],
  samples: [
    { prompt: 0, temperature: 0.5, repeat: 0, beams: 0 },
    { prompt: 1, temperature: 1, repeat: 0, beams: 0 },
    { prompt: 1, temperature: 0, repeat: 0, beams: 4 },
  ],
};
const series = (run: string, steps: number[]): SampleSeries => ({
  run,
  tag: "samples/probe",
  steps,
  entries: steps.map((step) => [`drawn ${step}`, `שלום ${step}`, `searched ${step}`]),
  setups: steps.map(() => setup),
});

describe("searchSeries", () => {
  const all = [series("a", [10, 20]), series("b", [20, 30])];
  const search = (query: string | null, filter: Partial<Filter> = {}) =>
    searchSeries(all, query === null ? null : matcher(query), { ...EVERYTHING, ...filter }).map(
      ({ run, step, sample }) => `${run} ${step} ${sample}`,
    );

  test("newest step first", () => {
    expect(search("drawn")).toEqual(["b 30 0", "a 20 0", "b 20 0", "a 10 0"]);
    expect(search(null)).toHaveLength(12);
  });
  test("tells where in its series a step is", () => {
    expect(searchSeries(all, matcher("drawn 20"), EVERYTHING)).toEqual([
      { run: "a", step: 20, at: 1, sample: 0 },
      { run: "b", step: 20, at: 0, sample: 0 },
    ]);
  });
  test("filters on run, prompt, temperature, beams and steps", () => {
    expect(search(null, { runs: new Set(["a"]), steps: { least: 20, most: 29 } })).toEqual([
      "a 20 0",
      "a 20 1",
      "a 20 2",
    ]);
    expect(search("30", { prompts: new Set(["שלום"]) })).toEqual(["b 30 1", "b 30 2"]);
    expect(search("30", { temperatures: new Set([1]) })).toEqual(["b 30 1", "b 30 2"]);
    expect(search("30", { temperatures: new Set([1]), beams: new Set() })).toEqual(["b 30 1"]);
    expect(search("30", { temperatures: new Set(), beams: new Set([4]) })).toEqual(["b 30 2"]);
  });
  test("filters on measures; what is not known or not a number never passes", () => {
    const measuresOf: Filter["measuresOf"] = ({ step, sample }) =>
      sample === 2 ? null : Float32Array.of(Number.NaN, sample === 1 ? Number.NaN : step);
    expect(search(null, { measures: [{ measure: 1, least: 20, most: 25 }], measuresOf })).toEqual(["a 20 0", "b 20 0"]);
    expect(search(null, { measures: [{ measure: 0, least: -Infinity, most: Infinity }], measuresOf })).toEqual([]);
  });
});
