import { describe, expect, test } from "vitest";
import { extent, isInSight, keepRow, resizeRows, revealRow, rowWindow, scrollByKey } from "./rowWindow";

const rows = { count: 100, rowHeight: 50, height: 200 };
const many = { count: 1_000_000, rowHeight: 100, height: 800 };

describe("rowWindow", () => {
  test("rows in sight and a few more", () => {
    expect(rowWindow(rows, 0)).toEqual({ from: 0, to: 7, top: 0 });
    expect(rowWindow(rows, 1010)).toEqual({ from: 17, to: 28, top: 850 });
    expect(rowWindow(rows, 4800)).toEqual({ from: 93, to: 100, top: 4650 });
  });
  test("nothing for no rows, or before the height is known", () => {
    expect(rowWindow({ ...rows, count: 0 }, 0)).toEqual({ from: 0, to: 0, top: 0 });
    expect(rowWindow({ ...rows, height: 0 }, 0).to).toBe(3);
  });
  test("scrolled beyond the end while rows went away", () => {
    expect(rowWindow({ ...rows, count: 3 }, 4800)).toMatchObject({ from: 3, to: 3 });
    expect(rowWindow(rows, -30)).toEqual({ from: 0, to: 7, top: 0 });
  });
  test("more rows than a browser can draw: the last one is reached, the first one too", () => {
    expect(extent(many)).toBe(15_000_000);
    const last = extent(many) - many.height;
    const end = rowWindow(many, last);
    expect(end.to).toBe(many.count);
    // The last row ends where the view ends.
    expect(end.top + (end.to - end.from) * many.rowHeight - last).toBeCloseTo(many.height, 3);
    expect(rowWindow(many, 0)).toMatchObject({ from: 0, top: 0 });
  });
});

describe("revealRow", () => {
  test("moves no further than must be", () => {
    expect(revealRow(rows, 1000, 22)).toBe(1000);
    expect(revealRow(rows, 1000, 10)).toBe(500);
    expect(revealRow(rows, 1000, 30)).toBe(1350);
  });
  test("a row taller than the view begins at its top", () => {
    expect(revealRow({ ...rows, height: 30 }, 0, 2)).toBe(100);
  });
  test("any of a million rows", () => {
    const scrolled = revealRow(many, 0, 765_432);
    const { from, to, top } = rowWindow(many, scrolled);
    const index = top + (765_432 - from) * many.rowHeight - scrolled;
    expect([from <= 765_432, to > 765_432]).toEqual([true, true]);
    expect(index).toBeCloseTo(many.height - many.rowHeight, 3);
  });
});

test("keepRow: new rows above do not move what is read", () => {
  expect(keepRow(rows, { ...rows, count: 103 }, 1010, 20, 23)).toBe(1160);
  expect(keepRow(rows, { ...rows, count: 2 }, 1010, 20, 1)).toBe(0);
});

test("isInSight: whole or in part", () => {
  const seen = [19, 20, 23, 24, 25].map((index) => isInSight(rows, 1010, index));
  expect(seen).toEqual([false, true, true, true, false]);
});

describe("resizeRows", () => {
  test("the row in sight stays in sight", () => {
    expect(resizeRows(rows, { ...rows, height: 100 }, 1000, 23)).toBe(1100);
    expect(resizeRows(rows, { ...rows, rowHeight: 100 }, 1000, 22)).toBe(2100);
  });
  test("what is read stays where it is when that row is elsewhere", () => {
    expect(resizeRows(rows, { ...rows, rowHeight: 100 }, 1000, 90)).toBe(2000);
    expect(resizeRows(rows, { ...rows, height: 100 }, 1000, null)).toBe(1000);
  });
});

describe("scrollByKey", () => {
  test("by whole rows, not beyond the ends", () => {
    expect(scrollByKey(rows, 1000, "PageDown")).toBe(1200);
    expect(scrollByKey(rows, 100, "PageUp")).toBe(0);
    expect(scrollByKey({ ...rows, count: 2 }, 0, "PageDown")).toBe(0);
  });
  test("leaves the keys of the page alone", () => {
    for (const key of ["ArrowDown", "Home", "End"]) expect(scrollByKey(rows, 1000, key)).toBeNull();
  });
  test("by one row where not one fits", () => {
    expect(scrollByKey({ ...rows, height: 30 }, 0, "PageDown")).toBe(50);
  });
});
