import { describe, expect, it } from "vitest";
import { madeSetup, predictions } from "../testing";
import { selectExamples, type Wish } from "./select";

const setup = madeSetup({
  inputs: ["a", "b", "c", "d"],
  references: ["cat", "dog", "cat", "dog"],
  classes: ["cat", "dog"],
  slices: { all: [0, 1, 2, 3], short: [1, 3], long: [0, 2] },
});
const before = predictions(["cat", "cat", "dog", "dog"], [1, 0, 0, 1], [0.9, 0.2, 0.3, 0.8]);
const now = predictions(["dog", "dog", "dog", "dog"], [0, 1, 0, 1], [0.1, 0.7, 0.4, 0.6]);
const all: Wish = { slice: null, filter: "all", mistaken: null, brushed: null };
const select = (wish: Partial<Wish>, since = before as typeof before | null) =>
  selectExamples(setup, now, since, { ...all, ...wish });

describe("the examples behind a number", () => {
  it("are the worst first", () => {
    expect(select({})).toEqual([0, 2, 3, 1]);
  });
  it("are those of a slice", () => {
    expect(select({ slice: "short" })).toEqual([3, 1]);
    expect(select({ slice: "unknown" })).toEqual([]);
  });
  it("are wrong now, learnt or forgotten since B", () => {
    expect(select({ filter: "wrong" })).toEqual([0, 2]);
    expect(select({ filter: "learnt" })).toEqual([1]);
    expect(select({ filter: "forgotten" })).toEqual([0]);
    expect(select({ filter: "learnt" }, null)).toEqual([]);
  });
  it("are those of a cell of the confusion matrix, or brushed", () => {
    expect(select({ mistaken: [0, 1] })).toEqual([0, 2]);
    expect(select({ mistaken: [1, 0] })).toEqual([]);
    expect(select({ brushed: new Set([3, 2]) })).toEqual([2, 3]);
  });
  it("that are only known to be right or wrong come in that order", () => {
    const unsure = predictions(["", "", "", ""], [1, 0, Number.NaN, 0]);
    expect(selectExamples(setup, unsure, null, all)).toEqual([1, 3, 2, 0]);
  });
});
