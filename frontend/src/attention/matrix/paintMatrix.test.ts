import { expect, test } from "vitest";
import { quantised } from "../testing";
import { strongestNear } from "./paintMatrix";

test("strongestNear finds the weight whose colour the pixel has", () => {
  const matrix = quantised([
    [0.1, 0.2, 0.7],
    [0.9, 0.1, 0],
    [0, Number.NaN, 1],
  ]);
  const all = [0, 1, 2];
  expect(strongestNear(matrix, all, all, 0, 0, { queries: 2, keys: 2 })).toEqual({ row: 1, column: 0 });
  expect(strongestNear(matrix, all, all, 1, 1, { queries: 1, keys: 1 })).toEqual({ row: 1, column: 1 });
  expect(strongestNear(matrix, all, all, 2, 1, { queries: 9, keys: 9 })).toEqual({ row: 2, column: 2 });
  expect(strongestNear(matrix, [0, 1], [1, 2], 0, 0, { queries: 2, keys: 2 })).toEqual({ row: 0, column: 1 });
});
