import { expect, it } from "vitest";
import { readingAt, strongestKeys } from "./reading";
import type { HeadMatrix } from "./record/matrix";
import { partlyKnown } from "./testing";
import type { Axis } from "./types";

const axis = (...shown: number[]): Axis => ({ tokens: ["a", "b", "c", "d"], shown });
const matrix: HeadMatrix = {
  queries: 2,
  keys: 4,
  levels: Uint8Array.from([0, 255, 51, 102, 0, 0, 0, 0]),
  scale: Float32Array.of(0.5, 0),
  invalid: null,
};

it("lists the strongest keys first", () => {
  const strongest = strongestKeys(matrix, 0, axis(0, 1, 2, 3), 2);
  expect(strongest.map(({ key }) => key)).toEqual([1, 3]);
  expect(strongest[0]?.weight).toBeCloseTo(0.5);
  expect(strongest[1]?.weight).toBeCloseTo(0.08);
});

it("leaves out hidden keys and zeros", () => {
  expect(strongestKeys(matrix, 0, axis(0, 2), 5).map(({ key }) => key)).toEqual([2]);
  expect(strongestKeys(matrix, 1, axis(0, 1, 2, 3), 5)).toEqual([]);
});

it("puts what is not a number in front, where it is seen", () => {
  const invalid = Uint8Array.from([0, 0, 1, 2, 0, 0, 0, 0]);
  const strongest = strongestKeys({ ...matrix, invalid }, 0, axis(0, 1, 2, 3), 3);
  expect(strongest.map(({ key }) => key)).toEqual([2, 3, 1]);
});

it("reads the pinned query where the pointer names none", () => {
  expect(readingAt({ query: null, key: 2 }, 1)).toEqual({ query: 1, key: 2 });
  expect(readingAt({ query: 0, key: null }, 1)).toEqual({ query: 0, key: null });
  expect(readingAt({ query: null, key: null }, null)).toEqual({ query: null, key: null });
});

it("none that is not known is among the strongest", () => {
  const some = partlyKnown([[0.1, 0.2, 0.2, 0.5]], [[0, 0, 1, 1]]);
  const keys = { tokens: ["a", "b", "c", "d"], shown: [0, 1, 2, 3] };
  expect(strongestKeys(some, 0, keys, 5).map(({ key }) => key)).toEqual([3, 2]);
});
