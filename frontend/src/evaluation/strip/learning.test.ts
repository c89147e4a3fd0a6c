import { describe, expect, it } from "vitest";
import { forgettings, isForgotten, learntAt } from "./learning";

describe("a token is learnt", () => {
  it("at the first step at most halfway between chance and its best", () => {
    // Chance is ln 10,000 = 9.21, the best is ln 2 = 0.69, halfway 4.95: a probability of 0.0071.
    expect(learntAt([1e-4, 0.001, 0.007, 0.0072, 0.5], 10_000)).toBe(3);
    expect(learntAt([Number.NaN, 0.5, 0.001], 10_000)).toBe(1);
  });
  it("never where it is never more probable than by chance, or chance is not known", () => {
    expect(learntAt([1e-5, 0.9e-4], 10_000)).toBeNull();
    expect(learntAt([0.1, 0.9], 0)).toBeNull();
    expect(learntAt([Number.NaN], 100)).toBeNull();
    expect(learntAt([], 100)).toBeNull();
    expect(learntAt([0, 0], 100)).toBeNull();
  });
});

describe("a token is forgotten", () => {
  it("where it had rank 1 and has no more", () => {
    const ranks = [5, 1, 1, 2, 1, 3, 3];
    expect(forgettings(ranks)).toBe(2);
    expect(ranks.map((_, at) => isForgotten(ranks, at))).toEqual([false, false, false, true, false, true, true]);
  });
  it("not where the rank is not known", () => {
    expect(forgettings([1, 0, 1])).toBe(0);
    expect(isForgotten([1, 0], 1)).toBe(false);
    expect(isForgotten([2, 3], 1)).toBe(false);
  });
});
