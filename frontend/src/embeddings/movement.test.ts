import { expect, test } from "vitest";
import { encodeFrame } from "../testing/frames";
import { decodeFrame } from "../wire/frame";
import { greatest, readChurn } from "./movement";

const LABELS = ["[PAD]", "a", "b", "c", "d", "e", ""];

test("the greatest come first; padding, what stood still and what is unknown are left out", () => {
  const moved = Float32Array.of(9, 0.5, 2, Number.NaN, 0, 1, 8);
  expect(greatest(moved, LABELS, 10)).toEqual([2, 5, 1]);
  expect(greatest(moved, LABELS, 2)).toEqual([2, 5]);
});

test("of those alike the first row comes first, or the one that is greater otherwise", () => {
  const values = Float32Array.of(0, 1, 1, 2, 1, 1, 1);
  expect(greatest(values, LABELS, 3)).toEqual([3, 1, 2]);
  expect(greatest(values, LABELS, 3, Float32Array.of(9, 1, 5, 0, Number.NaN, 7, 9))).toEqual([3, 5, 2]);
});

test("churn is known of the words that it was counted of", () => {
  const arrays = { row: Int32Array.of(1, 3), churn: Float32Array.of(0.5, Number.NaN) };
  const { shares, counted } = readChurn(decodeFrame(encodeFrame({}, { row: [2], churn: [2] }, arrays)), 4);
  expect([...shares]).toEqual([Number.NaN, 0.5, Number.NaN, Number.NaN]);
  expect(counted).toBe(2);
});
