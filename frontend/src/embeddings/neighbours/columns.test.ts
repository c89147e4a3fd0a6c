import { expect, test } from "vitest";
import { chooseColumns } from "./columns";

test("columns go evenly over the whole training, the oldest first, with A in place of the nearest one", () => {
  expect(chooseColumns(101, [100], 5, "whole")).toEqual([0, 25, 50, 75, 100]);
  expect(chooseColumns(101, [60], 5, "whole")).toEqual([0, 25, 60, 75, 100]);
  expect(chooseColumns(101, [1], 5, "whole")).toEqual([0, 1, 50, 75, 100]);
  expect(chooseColumns(101, [40], 2, "whole")).toEqual([40, 100]);
  expect(chooseColumns(3, [1], 5, "whole")).toEqual([0, 1, 2]);
});

test("any two steps stand side by side", () => {
  expect(chooseColumns(101, [60, 10], 5, "whole")).toEqual([0, 10, 60, 75, 100]);
  expect(chooseColumns(101, [60, 10], 2, "whole")).toEqual([10, 60]);
  expect(chooseColumns(101, [60, 10], 1, "near")).toEqual([10, 60]);
  expect(chooseColumns(101, [60, 10], 3, "near")).toEqual([10, 59, 60]);
});

test("near ones go back from A, on beyond it only where there is nothing before", () => {
  expect(chooseColumns(101, [60], 3, "near")).toEqual([58, 59, 60]);
  expect(chooseColumns(101, [1], 3, "near")).toEqual([0, 1, 2]);
});

test.each(["whole", "near"] as const)("A and B are among the columns, each step once (%s)", (span) => {
  for (let steps = 1; steps < 9; steps++)
    for (let a = 0; a < steps; a++)
      for (let b = 0; b < steps; b++)
        for (let count = 1; count < 9; count++) {
          const columns = chooseColumns(steps, [a, b], count, span);
          expect(columns).toEqual(expect.arrayContaining([a, b]));
          expect(new Set(columns).size).toBe(Math.max(a === b ? 1 : 2, Math.min(count, steps)));
          expect(columns).toEqual([...columns].sort((one, other) => one - other));
          expect(Math.min(...columns)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...columns)).toBeLessThan(steps);
        }
  expect(chooseColumns(0, [-1], 5, span)).toEqual([]);
});
