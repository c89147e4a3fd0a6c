import { expect, test } from "vitest";
import { createLabeller } from "../../tokens/labels";
import { placeLabels } from "./placeLabels";

const labelOf = createLabeller((text) => text.length);
const axis = { tokens: ["[CLS]", "a", "b", "c", "d"], shown: [1, 2, 3, 4] };
const sight = { cells: 4, cell: 20, start: 0, length: 80 };

test("labels stand at the middle of their cells and name original positions", () => {
  const placed = placeLabels(sight, axis, 14, { hovered: null, pinned: null }, labelOf);
  expect(placed.map(({ position, label, at }) => [position, label.text, at])).toEqual([
    [1, "a", 10],
    [2, "b", 30],
    [3, "c", 50],
    [4, "d", 70],
  ]);
});

test("what is hovered and pinned is always labelled, once, and the pointer wins", () => {
  const tight = { ...sight, cell: 2, length: 8 };
  const emphases = (cells: { hovered: number | null; pinned: number | null }) =>
    placeLabels(tight, axis, 14, cells, labelOf).map(({ position, emphasis }) => `${position} ${emphasis}`);
  expect(emphases({ hovered: null, pinned: 3 })).toEqual(["4 pinned"]);
  expect(emphases({ hovered: 3, pinned: 3 })).toEqual(["4 hovered"]);
});
