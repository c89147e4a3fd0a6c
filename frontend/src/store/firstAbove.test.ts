import { expect, test } from "vitest";
import { firstAbove } from "./firstAbove";

test("the first value above a bound, also among equal values and at the ends", () => {
  const rising = [1, 3, 3, 7];
  expect([0, 1, 2, 3, 6, 7, 8].map((bound) => firstAbove(rising, bound))).toEqual([0, 1, 1, 3, 3, 4, 4]);
  expect(firstAbove([], 0)).toBe(0);
});
