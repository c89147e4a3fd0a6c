import { expect, test } from "vitest";
import { shownIndex } from "./axis";

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
