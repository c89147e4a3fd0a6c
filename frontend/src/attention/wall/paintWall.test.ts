import { expect, it } from "vitest";
import { stretchOf, thumbnailGrid } from "./paintWall";

it("a thumbnail is cut to what is shown of its head", () => {
  const thumbnail = { rows: 4, columns: 8, levels: new Uint8Array(32) };
  const grid = thumbnailGrid(thumbnail, stretchOf([0, 1, 2], 6), stretchOf([10, 19], 40), 1);
  expect(grid.rowOf).toEqual([0, 1]);
  expect(grid.columnOf).toEqual([2, 3]);
  expect(grid.gain).toBeNull();
  expect(thumbnailGrid(thumbnail, { from: 0, to: 1 }, { from: 0, to: 1 }, 2).gain).toEqual(new Float32Array(4).fill(2));
});

it("of nothing shown all is drawn", () => {
  expect(stretchOf([], 5)).toEqual({ from: 0, to: 1 });
});
