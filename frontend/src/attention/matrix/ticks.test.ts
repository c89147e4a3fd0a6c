import { describe, expect, test } from "vitest";
import { flatExtent, flatFrom, LINE_HEIGHT, mustRotate, niceStride, tickCells } from "./ticks";

test.each([
  [0.03, 0.05],
  [0.1, 0.1],
  [1, 1],
  [1.2, 2],
  [3, 5],
  [7, 10],
  [11, 20],
  [401, 500],
])("niceStride(%d) is %d", (least, stride) => {
  expect(niceStride(least)).toBe(stride);
});

describe("mustRotate", () => {
  test("words that are wider than their columns", () => {
    expect(mustRotate(["attention", "is"], [52, 8], 32)).toBe(true);
    expect(mustRotate(["attention", "is"], [52, 8], 60)).toBe(false);
    expect(flatFrom(["attention", "is"], [52, 8])).toBe(53);
    expect(flatFrom([], [])).toBe(0);
  });
  test("short ones and numbers lie flat", () => {
    expect(mustRotate(["東", "京"], [11, 11], 20)).toBe(false);
    expect(mustRotate(["0", "4095"], [7, 28], 2)).toBe(false);
  });
  test("a few long ones do not turn all the others", () => {
    const letters = Array.from("the 3rd of May 1994");
    const labels = ["[start]", ...letters, "[end]"];
    const widths = [30, ...letters.map(() => 7), 28];
    expect(mustRotate(labels, widths, 18)).toBe(false);
    expect(mustRotate([...labels, "internationalization"], [...widths, 90], 18)).toBe(true);
  });
});

test("flatExtent keeps numbers apart and gives every word its own cell", () => {
  expect(flatExtent(["8", "4095"], [7, 28])).toBe(34);
  expect(flatExtent(["a", "b"], [7, 7])).toBe(0);
});

describe("tickCells", () => {
  const axis = { cells: 100, cell: 4, start: 0, length: 400 };
  test("labels never overlap", () => {
    const cells = tickCells(axis, LINE_HEIGHT);
    expect(cells.slice(0, 3)).toEqual([0, 5, 10]);
    expect(5 * axis.cell).toBeGreaterThanOrEqual(LINE_HEIGHT);
  });
  test("all of them when there is room", () => {
    expect(tickCells({ cells: 3, cell: 20, start: 0, length: 60 }, LINE_HEIGHT)).toEqual([0, 1, 2]);
  });
  test("panning keeps the chosen cells", () => {
    const zoomed = { cells: 100, cell: 4, start: 33.4, length: 100 };
    expect(tickCells(zoomed, LINE_HEIGHT)).toEqual([35, 40, 45, 50, 55]);
  });
  test("others make room for the labels that must be there", () => {
    expect(tickCells(axis, LINE_HEIGHT, [11]).slice(0, 5)).toEqual([11, 0, 5, 15, 20]);
    expect(tickCells({ ...axis, start: 50, length: 100 }, LINE_HEIGHT, [11])).not.toContain(11);
  });
  test("no cell gets two labels", () => {
    expect(tickCells({ cells: 3, cell: 20, start: 0, length: 60 }, 0, [1])).toEqual([1, 0, 2]);
  });
  test("nothing beyond the edge", () => {
    const cells = tickCells({ cells: 100, cell: 20, start: 10.8, length: 65 }, LINE_HEIGHT);
    expect(cells).toEqual([11, 12, 13]);
  });
});
