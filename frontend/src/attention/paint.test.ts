import { describe, expect, test } from "vitest";
import { createPyramid } from "./matrix/pyramid";
import { createPalette, type Palette, type PixelAxis, paintCells, pooledAxis, poolingPower } from "./paint";
import { partlyKnown, quantised } from "./testing";

const all = (length: number) => Array.from({ length }, (_, i) => i);
// Colours that tell their level, and an unmistakable hatch.
const levels = Uint32Array.from({ length: 256 }, (_, level) => level + 1);
const plain: Palette = { colours: levels, below: levels.map((level) => level + 2000), hatch: [1001, 1002] };

function painted(rows: number[][], x: PixelAxis, y: PixelAxis, palette = plain): number[][] {
  const matrix = quantised(rows);
  const grid = createPyramid(matrix, all(matrix.queries), all(matrix.keys), 1).level(0, 0, false);
  const pixels = new Uint32Array(x.length * y.length).fill(7777);
  paintCells(grid, x, y, palette, pixels);
  return all(y.length).map((row) => Array.from(pixels.subarray(row * x.length, (row + 1) * x.length)));
}

describe("paintCells", () => {
  test("cells larger than a pixel are repeated", () => {
    const picture = painted(
      [
        [1, 0],
        [0, 1],
      ],
      { length: 4, start: 0, step: 0.5 },
      { length: 4, start: 0, step: 0.5 },
    );
    expect(picture).toEqual([
      [256, 256, 1, 1],
      [256, 256, 1, 1],
      [1, 1, 256, 256],
      [1, 1, 256, 256],
    ]);
  });

  test("of cells smaller than a pixel the strongest is seen", () => {
    const rows = [
      [0, 0, 0, 0],
      [0, 1, 0, 0.25],
    ];
    expect(painted(rows, { length: 2, start: 0, step: 2 }, { length: 1, start: 0, step: 2 })).toEqual([[256, 129]]);
  });

  test("no cell is lost when pixels and cells do not line up", () => {
    const cells = 100;
    for (let strong = 0; strong < cells; strong++) {
      const row = all(cells).map((i) => (i === strong ? 1 : 0));
      const [line] = painted([row], { length: 63, start: 0, step: cells / 63 }, { length: 1, start: 0, step: 1 });
      expect(line).toContain(256);
    }
  });

  test("nor where of each pixel one cell is looked at", () => {
    const [cells, pixels] = [100, 37];
    for (let strong = 0; strong < cells; strong++) {
      const matrix = quantised(all(cells).map((i) => all(cells).map((j) => (i === strong && j === strong ? 1 : 0))));
      const axis = pooledAxis(pixels, 0, cells / pixels, true);
      const grid = createPyramid(matrix, all(cells), all(cells), 1).level(axis.power, axis.power, false);
      const picture = new Uint32Array(pixels ** 2);
      paintCells(grid, axis, axis, plain, picture);
      expect([axis.power, picture.includes(256)]).toEqual([2, true]);
    }
  });

  test("starts in the middle of a cell when panned", () => {
    const picture = painted([[1, 0, 1]], { length: 3, start: 0.5, step: 0.5 }, { length: 1, start: 0, step: 1 });
    expect(picture).toEqual([[256, 1, 1]]);
  });

  test("large cells are parted by paper", () => {
    const [line, last] = painted([[1, 1]], { length: 16, start: 0, step: 1 / 8 }, { length: 2, start: 0, step: 1 }) as [
      number[],
      number[],
    ];
    expect(line[6]).toBe(256);
    expect(line[7]).toBe(0);
    expect(line[8]).toBe(256);
    expect(last).toEqual(line);
  });

  test("what is not finite is hatched", () => {
    const [line] = painted([[Number.NaN, 1]], { length: 14, start: 0, step: 1 / 7 }, { length: 1, start: 0, step: 1 });
    expect(line?.slice(0, 7)).toEqual([1001, 1001, 1001, 1001, 1002, 1002, 1002]);
    expect(line?.slice(7)).toEqual(Array(7).fill(256));
  });

  test("weights below 0 have their own colours, and the stronger of two is seen whatever its sign", () => {
    const matrix = { ...quantised([[1, 0.25, 0, 0.25, 1, 0.01]]), negative: Uint8Array.of(0, 1, 0, 1, 1, 0) };
    const grid = createPyramid(matrix, [0], all(6), 1).level(0, 0, false);
    const pixels = new Uint32Array(3);
    paintCells(grid, { length: 3, start: 0, step: 2 }, { length: 1, start: 0, step: 1 }, plain, pixels);
    expect(Array.from(pixels)).toEqual([256, 2129, 2256]);
  });

  test("hidden positions are not drawn", () => {
    const matrix = quantised([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const grid = createPyramid(matrix, [0, 2], [0, 2], 1).level(0, 0, false);
    const pixels = new Uint32Array(4);
    paintCells(grid, { length: 2, start: 0, step: 1 }, { length: 2, start: 0, step: 1 }, plain, pixels);
    expect(Array.from(pixels)).toEqual([256, 1, 1, 256]);
  });
});

test("createPalette: linear holds small weights back, both end at the same ink", () => {
  const linear = createPalette("linear", "light").colours;
  const root = createPalette("square root", "light").colours;
  expect(linear[0]).toBe(root[0]);
  expect(linear[255]).toBe(root[255]);
  expect(linear[128]).toBe(root[64]);
});

test.each([
  [0.1, 0],
  [1, 0],
  [1.9, 0],
  [2, 1],
  [7, 2],
])("poolingPower(%d) is %d", (cells, power) => {
  expect(poolingPower(cells)).toBe(power);
});

test("what is not known is crossed by bare lines", () => {
  const matrix = partlyKnown([[1, 1]], [[1, 0]]);
  const grid = createPyramid(matrix, [0], [0, 1], 1).level(0, 0, false);
  const [x, y] = [
    { length: 8, start: 0, step: 0.25 },
    { length: 3, start: 0, step: 0.5 },
  ];
  const pixels = new Uint32Array(24);
  paintCells({ ...grid, rows: 2, rowOf: [0, 0] }, x, y, plain, pixels);
  const line = (row: number) => Array.from(pixels.subarray(row * 8, row * 8 + 8));
  expect(line(0)).toEqual([256, 256, 256, 256, 256, 256, 1, 1]);
  expect(line(1)).toEqual([256, 256, 256, 256, 256, 1, 1, 256]);
  expect(line(2)).toEqual([256, 256, 256, 256, 1, 1, 256, 256]);
});
