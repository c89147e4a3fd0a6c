import { expect, test } from "vitest";
import { columnsOutside, columnWidth, leastWidth, revealColumn, scrolledBy } from "./columnWidths";

const WIDE = { count: 3, name: 100, width: 1000, scrolled: 0 };
const NARROW = { count: 8, name: 100, width: 700, scrolled: 0 };

test("columns share the width, and are never too narrow to read", () => {
  expect(columnWidth(WIDE)).toBe(300);
  expect(columnWidth(NARROW)).toBe(150);
  expect(leastWidth(NARROW)).toBe(1300);
});
test("tells how many are out of sight", () => {
  expect(columnsOutside(WIDE)).toEqual({ before: 0, after: 0 });
  expect(columnsOutside(NARROW)).toEqual({ before: 0, after: 4 });
  expect(columnsOutside({ ...NARROW, scrolled: 300 })).toEqual({ before: 2, after: 2 });
  expect(columnsOutside({ ...NARROW, scrolled: 600 })).toEqual({ before: 4, after: 0 });
  expect(columnsOutside({ ...NARROW, count: 0 })).toEqual({ before: 0, after: 0 });
});
test("goes through the columns, and not beyond them", () => {
  expect(scrolledBy({ ...NARROW, width: 400 }, 1)).toBe(300);
  expect(scrolledBy(NARROW, 1)).toBe(600);
  expect(scrolledBy({ ...NARROW, scrolled: 600 }, -1)).toBe(0);
});
test("scrolls no further than a column needs", () => {
  expect(revealColumn(WIDE, 2)).toBe(0);
  expect(revealColumn(NARROW, 3)).toBe(0);
  expect(revealColumn(NARROW, 4)).toBe(150);
  expect(revealColumn({ ...NARROW, scrolled: 600 }, 1)).toBe(150);
  expect(revealColumn({ ...NARROW, scrolled: 200 }, 3)).toBe(200);
});
