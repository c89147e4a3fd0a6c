import { expect, it } from "vitest";
import { pack } from "../../draw/colour";
import { cellValue, heatCells, paintHeat, recordAt } from "./paintHeat";

it("gives each record a cell, or several one where there is no room", () => {
  expect(heatCells(3, 300)).toEqual({ from: [0, 1, 2], to: [0, 1, 2] });
  const few = heatCells(10, 6);
  expect(few).toEqual({ from: [0, 3, 6], to: [2, 5, 9] });
  expect(recordAt(few, 0, 6, 9)).toBe(2);
  expect(recordAt(few, 2.5, 6, 4)).toBe(4);
  expect(recordAt(few, 99, 6, 0)).toBe(9);
});

it("shows of several records what is not finite, else the largest", () => {
  expect(cellValue([1, 3, 2], 0, 2)).toBe(3);
  expect(cellValue([Number.NaN, 2, Number.NaN], 0, 2)).toBe(2);
  expect(cellValue([1, Number.POSITIVE_INFINITY, 9], 0, 2)).toBe(Number.POSITIVE_INFINITY);
  expect(cellValue([Number.NaN], 0, 0)).toBeNaN();
});

it("paints cells, stripes where a number is none, and nothing where nothing is known", () => {
  const pixels = paintHeat([[255, 0, 0], null, undefined], 18, 2, "light");
  expect(pixels[0]).toBe(pack([255, 0, 0]));
  expect(pixels[5]).toBe(0);
  expect(new Set(pixels.subarray(6, 11)).size).toBe(2);
  expect(pixels[7]).not.toBe(pixels[10]);
  expect([...pixels.subarray(12, 18)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(
    paintHeat(
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      4,
      1,
      "dark",
    ),
  ).toEqual(Uint32Array.of(pack([1, 1, 1]), pack([1, 1, 1]), pack([2, 2, 2]), pack([2, 2, 2])));
});
