import { expect, test } from "vitest";
import { mostMoved } from "./movement";

const norms = new Float32Array(7);
const LABELS = ["[PAD]", "a", "b", "c", "d", "e", ""];

test("the furthest come first; padding, what stood still and what is unknown are left out", () => {
  const moved = Float32Array.of(9, 0.5, 2, Number.NaN, 0, 1, 8);
  expect(mostMoved({ norms, moved }, LABELS, 10)).toEqual([2, 5, 1]);
  expect(mostMoved({ norms, moved }, LABELS, 2)).toEqual([2, 5]);
});

test("of those as far the first row comes first", () => {
  expect(mostMoved({ norms, moved: Float32Array.of(0, 1, 1, 2, 1, 1, 1) }, LABELS, 3)).toEqual([3, 1, 2]);
});
