import { describe, expect, it } from "vitest";
import { quantised } from "../testing";
import { largestOf, mapDifference, patchMap, strongestPatches } from "./patchMap";

const grid = { rows: 1, columns: 2, first: 1 };
const head = quantised([
  [0.5, 0.25, 0.25],
  [0, 1, 0],
  [0, 0, 1],
]);
const rounded = (values: Iterable<number>) => [...values].map((value) => Math.round(100 * value) / 100);

describe("a map of weights on patches", () => {
  it("is the row of a query, with what lies beside", () => {
    const map = patchMap(head, grid, 0, []);
    expect(rounded(map.weights)).toEqual([0.25, 0.25]);
    expect(map.beside).toBeCloseTo(0.5);
  });

  it("is the mean of queries where none is chosen", () => {
    const map = patchMap(head, grid, null, [1, 2]);
    expect(rounded(map.weights)).toEqual([0.5, 0.5]);
    expect(map.beside).toBe(0);
  });

  it("says where a weight is no number", () => {
    const map = patchMap(quantised([[0.5, Number.NaN, 0.5]]), grid, 0, []);
    expect(map.weights[0]).toBeNaN();
    expect(largestOf(map)).toBeCloseTo(0.5);
    expect(strongestPatches(map, 3)).toEqual([1]);
  });

  it("differs from another of its shape", () => {
    const [one, other] = [patchMap(head, grid, 1, []), patchMap(head, grid, 2, [])];
    expect(rounded(mapDifference(one, other)?.weights ?? [])).toEqual([1, -1]);
    expect(mapDifference(one, { ...other, rows: 2, columns: 1 })).toBeNull();
  });
});
