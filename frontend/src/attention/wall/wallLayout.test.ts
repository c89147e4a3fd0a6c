import { describe, expect, it } from "vitest";
import { cellAfter, numberedHeads, sortedHeads, wallLayout, widestWall } from "./wallLayout";

const rows = (layers: number, heads: number, headings = 1) =>
  Array.from({ length: layers }, (_, row) => ({ heads, heading: row < headings ? "encoder" : "" }));

describe("the wall", () => {
  it.each([
    ["2 x 4", 2, 4, 1280, 720, 40],
    ["12 x 12", 12, 12, 1280, 720, 20],
    ["24 x 16", 24, 16, 1600, 900, 20],
    ["48 x 25", 48, 25, 1600, 900, 10],
  ])("shows every head of %s whole", (_, layers, heads, width, height, least) => {
    const room = { width: widestWall(width - 32, heads), height: height - 124 - 60 };
    const layout = wallLayout(rows(layers, heads), room.width, room.height, true);
    expect(layout.width).toBeLessThanOrEqual(room.width + 1);
    expect(layout.height).toBeLessThanOrEqual(room.height + 1);
    expect(layout.cell).toBeGreaterThanOrEqual(least);
    expect(layout.cell).toBeLessThanOrEqual(64);
    expect(layout.tops).toHaveLength(layers);
  });

  it("has lines below few rows, and headings above theirs", () => {
    const few = wallLayout(rows(6, 8, 3), 330, 400, true);
    expect(few.hasLines).toBe(true);
    expect((few.tops[1] ?? 0) - (few.tops[0] ?? 0)).toBeGreaterThan(few.pitch + 16);
    expect(few.tops[0]).toBeGreaterThan(few.headings[0] ?? 0);
    expect(wallLayout(rows(7, 8), 330, 400, true).hasLines).toBe(false);
    expect(wallLayout(rows(6, 8), 330, 400, false).hasLines).toBe(false);
  });

  it("numbers heads as far as there is room", () => {
    expect(numberedHeads(4, 20)).toEqual([0, 1, 2, 3]);
    expect(numberedHeads(9, 8)).toEqual([0, 4, 8]);
  });
});

it("sorted, heads flow in reading order and those without a value come last", () => {
  const heads = [0, 1, 2, 3, 4].map((head) => ({ layer: 0, head }));
  const values = [0.2, Number.NaN, 0.9, 0.5, 0.1];
  const sorted = sortedHeads(heads, ({ head }) => values[head] ?? 0, 2);
  expect(sorted.map((row) => row.map(({ head }) => head))).toEqual([[2, 3], [0, 4], [1]]);
});

it("arrows stay on the wall", () => {
  const wall = [
    [0, 0, 0],
    [0, 0],
  ];
  expect(cellAfter(wall, 0, 2, "ArrowDown")).toEqual({ row: 1, column: 1 });
  expect(cellAfter(wall, 1, 1, "ArrowRight")).toEqual({ row: 1, column: 1 });
  expect(cellAfter(wall, 0, 1, "Home")).toEqual({ row: 0, column: 0 });
  expect(cellAfter(wall, 0, 0, "End")).toEqual({ row: 0, column: 2 });
  expect(cellAfter(wall, 0, 0, "x")).toBeNull();
});
