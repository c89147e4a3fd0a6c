import { expect, it } from "vitest";
import { rowHeight, tokenLines } from "./flow";

it("breaks tokens into lines that fit", () => {
  expect(tokenLines([30, 40, 50, 20], 100)).toEqual([
    { from: 0, to: 2, edges: [0, 30, 70] },
    { from: 2, to: 4, edges: [0, 50, 70] },
  ]);
});
it("cuts a token that is wider than the room", () => {
  expect(tokenLines([30, 400, 20], 100)).toEqual([
    { from: 0, to: 1, edges: [0, 30] },
    { from: 1, to: 2, edges: [0, 100] },
    { from: 2, to: 3, edges: [0, 20] },
  ]);
  expect(tokenLines([], 100)).toEqual([]);
});
it("makes rows as high as there is room for", () => {
  expect(rowHeight(1, 10, 20, 100)).toBe(8);
  expect(rowHeight(1, 10, 20, 1000)).toBe(18);
  expect(rowHeight(3, 200, 20, 400)).toBe(2);
});
