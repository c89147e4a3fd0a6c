import { expect, test } from "vitest";
import { quantised } from "../testing";
import { thumbnailOf } from "./thumbnail";

test("thumbnailOf is 255 * sqrt(weight) for every row alike", () => {
  const rows = [
    [1, 0, 0.25],
    [0.04, 0.01, Number.NaN],
    [0, 0, 0],
  ];
  const { rows: count, columns, levels } = thumbnailOf(quantised(rows));
  expect([count, columns]).toEqual([3, 3]);
  rows.flat().forEach((weight, cell) => {
    expect(Math.abs((levels[cell] as number) - 255 * Math.sqrt(weight || 0))).toBeLessThanOrEqual(1);
  });
});
