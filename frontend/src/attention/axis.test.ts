import { expect, test } from "vitest";
import { shownIndex, tokenAt } from "./axis";

test("shownIndex finds what is shown and nothing else", () => {
  const axis = { tokens: ["a", "", "b", "c", ""], shown: [0, 2, 3] };
  expect([0, 1, 2, 3, 4, 9, null].map((position) => shownIndex(axis, position))).toEqual([
    0,
    null,
    1,
    2,
    null,
    null,
    null,
  ]);
  expect(shownIndex({ tokens: [], shown: [] }, 0)).toBeNull();
});

test("positions without a token are numbers", () => {
  const axis = { tokens: ["[CLS]", "a", "b", "c", "d"], shown: [1, 2, 3, 4] };
  expect(tokenAt(axis, 0)).toBe("[CLS]");
  expect(tokenAt(axis, 17)).toBe("17");
});
