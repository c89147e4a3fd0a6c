import { expect, it } from "vitest";
import { combineHeads } from "./combine";
import { differenceOf } from "./difference";
import { mergeWords, type Stretch } from "./merge";
import { quantised } from "./testing";
import { boundOf, weightAt } from "./weights";

const stretches = (...lengths: number[]): Stretch[] =>
  lengths.map((length, at) => {
    const from = lengths.slice(0, at).reduce((sum, each) => sum + each, 0);
    return { from, to: from + length };
  });
const softmax = (queries: number, keys: number, seed: number): number[][] =>
  Array.from({ length: queries }, (_, i) => {
    const powers = Array.from({ length: keys }, (_, j) => Math.exp(4 * Math.sin(seed + 7 * i + 13 * j * (i + 1))));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });

/** As it is written down: for every two words, the mean over the one of the sum over the other. */
function plainly(rows: number[][], queries: Stretch[], keys: Stretch[]): number[][] {
  return queries.map((query) =>
    keys.map((key) => {
      const sums = rows
        .slice(query.from, query.to)
        .map((row) => row.slice(key.from, key.to).reduce((sum, weight) => sum + weight, 0));
      return sums.reduce((sum, one) => sum + one, 0) / sums.length;
    }),
  );
}

const [queries, keys] = [stretches(1, 3, 2), stretches(2, 1, 4, 1)];
const weights = softmax(6, 8, 1);

it("is the mean over queries of the sum over keys, and rows still sum to one", () => {
  const merged = mergeWords(quantised(weights), queries, keys);
  expect([merged.queries, merged.keys]).toEqual([3, 4]);
  plainly(weights, queries, keys).forEach((row, i) => {
    let sum = 0;
    row.forEach((weight, j) => {
      expect(Math.abs(weightAt(merged, i, j) - weight)).toBeLessThanOrEqual(boundOf(merged));
      expect(weightAt(merged, i, j)).toBeCloseTo(weight, 2);
      sum += weightAt(merged, i, j);
    });
    expect(sum).toBeCloseTo(1, 1);
  });
});

it("of one axis leaves the other as it is", () => {
  const merged = mergeWords(quantised(weights), null, keys);
  expect([merged.queries, merged.keys]).toEqual([6, 4]);
  plainly(weights, stretches(1, 1, 1, 1, 1, 1), keys).forEach((row, i) => {
    row.forEach((weight, j) => {
      expect(weightAt(merged, i, j)).toBeCloseTo(weight, 2);
    });
  });
});

it("of heads combined or compared is what the words of each give", () => {
  const [one, other] = [weights, softmax(6, 8, 2)];
  const mean = one.map((row, i) => row.map((weight, j) => (weight + (other[i]?.[j] ?? 0)) / 2));
  const [a, b] = [one, other].map((rows) => mergeWords(quantised(rows), queries, keys));
  if (!a || !b) throw new Error("none");
  const difference = differenceOf(a, b);
  const [plainA, plainB] = [plainly(one, queries, keys), plainly(other, queries, keys)];
  plainly(mean, queries, keys).forEach((row, i) => {
    row.forEach((weight, j) => {
      expect(weightAt(combineHeads([a, b], "mean"), i, j)).toBeCloseTo(weight, 2);
      expect(difference && weightAt(difference, i, j)).toBeCloseTo((plainA[i]?.[j] ?? 0) - (plainB[i]?.[j] ?? 0), 1);
    });
  });
});

it("keeps what is not finite, below 0, or all masked", () => {
  const odd = quantised([
    [Number.NaN, 0.5, 0.25, 0.25],
    [0, 0, 0, 0],
    [0.75, 0, 0, 0.25],
  ]);
  const negative = new Uint8Array(12);
  negative[11] = 1;
  const merged = mergeWords({ ...odd, negative }, null, stretches(1, 1, 2));
  expect(weightAt(merged, 0, 0)).toBeNaN();
  expect(weightAt(merged, 0, 2)).toBeCloseTo(0.5, 2);
  expect([0, 1, 2].map((key) => weightAt(merged, 1, key))).toEqual([0, 0, 0]);
  expect(weightAt(merged, 2, 2)).toBeCloseTo(-0.25, 2);
});
