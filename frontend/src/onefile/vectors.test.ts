import { describe, expect, it } from "vitest";
import { length, moved, nearest, spread, type Vectors } from "./vectors";

const vectors: Vectors = { rows: 5, dimensions: 2, data: Float32Array.of(1, 0, 0, 1, 2, 0.1, Number.NaN, 1, 0, 0) };
const lengths = Array.from({ length: 5 }, (_, row) => length(vectors, row));

describe("the nearest of some vectors", () => {
  it("by cosine, with what has no direction at 0 and what is not finite left out", () => {
    const found = nearest(vectors, lengths, 0, 10, "cosine");
    expect(found.map(({ row }) => row)).toEqual([2, 1, 4]);
    // As numpy has it, in the docstring of the server's.
    expect(found[0]?.value).toBeCloseTo(0.9987523, 6);
    expect(found[1]?.value).toBe(0);
  });

  it("by distance, as many as asked for", () => {
    const found = nearest(vectors, lengths, 0, 2, "euclidean");
    expect(found.map(({ row }) => row)).toEqual([4, 2]);
    expect(found[1]?.value).toBeCloseTo(Math.hypot(1, 0.1), 6);
  });

  it("is nothing for what is not finite", () => {
    expect(nearest(vectors, lengths, 3, 2, "cosine")).toEqual([]);
  });
});

it("moves are Euclidean, and unknown between other shapes", () => {
  const before = { ...vectors, data: Float32Array.from(vectors.data, (value) => value + 3) };
  expect(moved(vectors, before)[0]).toBeCloseTo(Math.sqrt(18), 5);
  expect(moved(vectors, { rows: 1, dimensions: 2, data: Float32Array.of(0, 0) })).toEqual(
    new Float32Array(5).fill(Number.NaN),
  );
});

it("places are spread with both ends", () => {
  expect([spread(3, 10), spread(9, 3), spread(1, 4), spread(0, 4)]).toEqual([[0, 1, 2], [0, 4, 8], [0], []]);
});
