import { expect, test } from "vitest";
import { encodeFrame } from "../testing/frames";
import { decodeFrame } from "../wire/frame";
import { greatest, ranked, readChurn } from "./movement";

const LABELS = ["[PAD]", "a", "b", "c", "d", "e", ""];

test("the greatest come first; padding, what stood still and what is unknown are left out", () => {
  const moved = Float32Array.of(9, 0.5, 2, Number.NaN, 0, 1, 8);
  expect(greatest(moved, LABELS, 10)).toEqual([2, 5, 1]);
  expect(greatest(moved, LABELS, 2)).toEqual([2, 5]);
});

test("of those alike the first row comes first", () => {
  expect(greatest(Float32Array.of(0, 1, 1, 2, 1, 1, 1), LABELS, 3)).toEqual([3, 1, 2]);
});

test("a list has them all: of those alike the one that is greater otherwise first, the others last, as they were", () => {
  const values = Float32Array.of(9, 1, 1, 2, Number.NaN, 0, 8);
  const next = Float32Array.of(0, 3, 4, 1, 1, 1, 1);
  expect(ranked([0, 1, 2, 3, 4, 5], values, LABELS, next)).toEqual([3, 2, 1, 0, 4, 5]);
  expect(ranked([5, 1], values, LABELS, next)).toEqual([1, 5]);
});

test("churn is known of the words that it was counted of", () => {
  const arrays = { row: Int32Array.of(1, 3), churn: Float32Array.of(0.5, Number.NaN) };
  const { shares, counted } = readChurn(decodeFrame(encodeFrame({}, { row: [2], churn: [2] }, arrays)), 4);
  expect([...shares]).toEqual([Number.NaN, 0.5, Number.NaN, Number.NaN]);
  expect(counted).toBe(2);
});
