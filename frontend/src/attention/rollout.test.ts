import { describe, expect, it } from "vitest";
import type { HeadMatrix } from "./record/matrix";
import { Rollout } from "./rollout";
import { quantised } from "./testing";
import { boundOf, weightAt } from "./weights";

/** Rows that sum to 1, from a seed. */
function attention(tokens: number, seed: number, isCausal = false): number[][] {
  let state = seed;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return -Math.log(1 - state / 2147483647);
  };
  return Array.from({ length: tokens }, (_, query) => {
    const row = Array.from({ length: tokens }, (_, key) => (isCausal && key > query ? 0 : random()));
    const sum = row.reduce((sum, weight) => sum + weight, 0);
    return row.map((weight) => weight / sum);
  });
}

/** The product as the paper has it, [tokens][tokens]; `layers` [layers][heads][tokens][tokens]. */
function plain(layers: number[][][][]): number[][] {
  const tokens = layers[0]?.[0]?.length ?? 0;
  const at = (rows: number[][] | undefined, i: number, j: number) => rows?.[i]?.[j] ?? 0;
  const square = (of: (i: number, j: number) => number) =>
    Array.from({ length: tokens }, (_, i) => Array.from({ length: tokens }, (_, j) => of(i, j)));
  return layers.reduce(
    (product, heads) => {
      const mixed = square(
        (i, j) => (0.5 * heads.reduce((sum, head) => sum + at(head, i, j), 0)) / heads.length + (i === j ? 0.5 : 0),
      );
      const sums = mixed.map((row) => row.reduce((sum, weight) => sum + weight, 0));
      return square((i, j) =>
        mixed.reduce((sum, _, k) => sum + (at(mixed, i, k) / (sums[i] as number)) * at(product, k, j), 0),
      );
    },
    square((i, j) => Number(i === j)),
  );
}

function rolledOut(tokens: number, layers: readonly (readonly HeadMatrix[])[]): HeadMatrix {
  const rollout = new Rollout(tokens);
  for (const heads of layers) expect([...rollout.add(heads)]).toHaveLength(tokens);
  return rollout.matrix();
}

const decoded = (matrix: HeadMatrix) =>
  Array.from({ length: matrix.queries }, (_, i) =>
    Array.from({ length: matrix.keys }, (_, j) => weightAt(matrix, i, j)),
  );

function largestDifference(one: number[][], other: number[][]): number {
  return Math.max(...one.flatMap((row, i) => row.map((weight, j) => Math.abs(weight - (other[i]?.[j] ?? 0)))));
}

describe("Rollout", () => {
  it.each([1, 6, 13])("multiplies the layers as the paper has it, of %i tokens", (tokens) => {
    const layers = [0, 1, 2].map((layer) =>
      [1, 2].map((head) => attention(tokens, 10 * layer + head + tokens, layer === 1)),
    );
    const stored = layers.map((heads) => heads.map(quantised));
    const found = rolledOut(tokens, stored);
    // Of what is stored it differs by its own rounding alone, and of what was logged by no more than it says.
    expect(largestDifference(decoded(found), plain(stored.map((heads) => heads.map(decoded))))).toBeLessThanOrEqual(
      1 / 255,
    );
    expect(largestDifference(decoded(found), plain(layers))).toBeLessThanOrEqual(boundOf(found));
    expect(boundOf(found)).toBeLessThan(0.05);
  });

  it("is of half of what each token was and half of what it looked at", () => {
    const found = rolledOut(2, [
      [
        quantised([
          [1, 0],
          [1, 0],
        ]),
      ],
    ]);
    expect(decoded(found)).toEqual([
      [1, 0],
      [0.5, 0.5],
    ]);
  });

  it("takes rows that sum to something else as shares, and magnitudes of what is below 0", () => {
    const unscaled = quantised([
      [0, 3],
      [0, 0],
    ]);
    const signed = { ...unscaled, negative: Uint8Array.of(0, 1, 0, 0) };
    for (const matrix of [unscaled, signed]) {
      const found = decoded(rolledOut(2, [[matrix]]));
      expect(
        largestDifference(found, [
          [0.25, 0.75],
          [0, 1],
        ]),
      ).toBeLessThanOrEqual(0.75 / 255);
    }
  });

  it("is no number where a weight is none, nor where something looks at that; who gives it no weight is spared", () => {
    const broken = quantised([
      [1, 0, 0],
      [0.5, Number.NaN, 0],
      [0, 0, 1],
    ]);
    const above = quantised([
      [0.5, 0.5, 0],
      [1, 0, 0],
      [0.5, 0, 0.5],
    ]);
    const found = decoded(rolledOut(3, [[broken], [above]]));
    expect(found.map((row) => row.every(Number.isNaN))).toEqual([true, true, false]);
  });
});
