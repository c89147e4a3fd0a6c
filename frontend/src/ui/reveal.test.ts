import { expect, it } from "vitest";
import { scrollNeeded } from "./reveal";

const sight = { from: 100, to: 200 };

it.each([
  ["is in sight", { from: 100, to: 200 }, 0],
  ["lies above", { from: 70, to: 90 }, -30],
  ["is cut off at the top", { from: 95, to: 115 }, -5],
  ["lies below", { from: 230, to: 250 }, 50],
  ["is taller than the list", { from: 90, to: 260 }, -10],
  ["is taller than the list and begins in sight", { from: 130, to: 260 }, 30],
])("scrolls as little as it can where the item %s", (_, item, by) => {
  expect(scrollNeeded(item, sight)).toBe(by);
});
