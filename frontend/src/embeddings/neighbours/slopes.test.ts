import { expect, test } from "vitest";
import { slopesOf } from "./slopes";

const column = (...rows: number[]) => ({ rows, widths: rows.map(() => 30) });

test("a word that stays is led to its place in the next column, one that goes ends in a stub", () => {
  const { slopes, stubs } = slopesOf([column(7, 8), column(9, 7)], 100, 20);
  expect(slopes).toEqual([{ row: 7, path: "M50 10C73.5 10 73.5 30 97 30" }]);
  expect(stubs).toEqual([{ x: 50, y: 30 }]);
});

test("nothing goes beside a column that is on its way, nor in the last", () => {
  expect(slopesOf([column(1), null, column(2)], 100, 20)).toEqual({ slopes: [], stubs: [] });
  expect(slopesOf([], 100, 20)).toEqual({ slopes: [], stubs: [] });
});
