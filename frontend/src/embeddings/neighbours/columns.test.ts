import { expect, test } from "vitest";
import { chooseColumns } from "./columns";

test("columns go evenly over the whole training, the newest first, with the cursor in place of the nearest one", () => {
  expect(chooseColumns(101, 100, 5, "whole")).toEqual([100, 75, 50, 25, 0]);
  expect(chooseColumns(101, 60, 5, "whole")).toEqual([100, 75, 60, 25, 0]);
  expect(chooseColumns(101, 1, 5, "whole")).toEqual([100, 75, 50, 1, 0]);
  expect(chooseColumns(101, 40, 2, "whole")).toEqual([100, 40]);
  expect(chooseColumns(3, 1, 5, "whole")).toEqual([2, 1, 0]);
});

test("near ones go back from the cursor, on beyond it only where there is nothing before", () => {
  expect(chooseColumns(101, 60, 3, "near")).toEqual([60, 59, 58]);
  expect(chooseColumns(101, 1, 3, "near")).toEqual([2, 1, 0]);
});

test.each(["whole", "near"] as const)("the cursor is among the columns, each step once (%s)", (span) => {
  for (let steps = 1; steps < 12; steps++)
    for (let cursor = 0; cursor < steps; cursor++)
      for (let count = 1; count < 9; count++) {
        const columns = chooseColumns(steps, cursor, count, span);
        expect(columns).toContain(cursor);
        expect(new Set(columns).size).toBe(Math.min(count, steps));
        expect(columns).toEqual([...columns].sort((a, b) => b - a));
        expect(Math.min(...columns)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...columns)).toBeLessThan(steps);
      }
  expect(chooseColumns(0, -1, 5, span)).toEqual([]);
});
