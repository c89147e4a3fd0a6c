import { expect, test } from "vitest";
import { type Limit, rangesOf, readLimits, writeLimits } from "./limits";

const LIMITS: Limit[] = [
  { measure: "perplexity", sign: "<=", bound: 3.4 },
  { measure: "own, <odd> measure", sign: ">=", bound: -1e-3 },
  { measure: "perplexity", sign: ">=", bound: null },
];

test("an address brings them back; what makes no sense is left out", () => {
  expect(readLimits(writeLimits(LIMITS))).toEqual(LIMITS);
  expect(writeLimits([])).toBeNull();
  expect(readLimits(null)).toEqual([]);
  expect(readLimits("perplexity,<=3,chrf>=high")).toEqual([{ measure: "chrf", sign: ">=", bound: null }]);
});
test("are ranges of known measures where they have a bound", () => {
  expect(rangesOf(LIMITS, ["length", "perplexity"])).toEqual([
    { measure: 1, least: Number.NEGATIVE_INFINITY, most: 3.4 },
  ]);
});
