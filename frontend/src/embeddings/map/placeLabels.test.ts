import { expect, test } from "vitest";
import { LABEL_HEIGHT, placeLabels } from "./placeLabels";

test("no label covers another or leaves the map, and the first ones win", () => {
  let state = 7;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const candidates = Array.from({ length: 800 }, (_, point) => ({
    point,
    x: random() * 500,
    y: random() * 300,
    width: 10 + random() * 120,
  }));
  const placed = placeLabels(candidates, 500, 300, 1000);
  expect(placed.length).toBeGreaterThan(30);
  expect(placed[0]?.point).toBe(0);
  for (const [at, one] of placed.entries()) {
    expect(one.left >= 0 && one.left + one.width <= 500 && one.top >= 0 && one.top + LABEL_HEIGHT <= 300).toBe(true);
    for (const other of placed.slice(at + 1)) {
      const isBeside = one.left + one.width <= other.left || other.left + other.width <= one.left;
      const isAbove = one.top + LABEL_HEIGHT <= other.top || other.top + LABEL_HEIGHT <= one.top;
      expect(isBeside || isAbove).toBe(true);
    }
  }
});

test("a label stands right of its point, at the edge left of it; points out of sight have none", () => {
  const at = (x: number, y: number) => placeLabels([{ point: 1, x, y, width: 40 }], 200, 100, 9);
  expect(at(50, 50)).toEqual([{ point: 1, left: 58, top: 43, width: 40 }]);
  expect(at(190, 50)[0]?.left).toBe(142);
  expect(at(300, 50)).toEqual([]);
  expect(at(Number.NaN, 50)).toEqual([]);
});

test("there are no more than asked for", () => {
  const candidates = [10, 60, 90].map((y, point) => ({ point, x: 10, y, width: 5 }));
  expect(placeLabels(candidates, 200, 100, 2).map(({ point }) => point)).toEqual([0, 1]);
});

test("no label covers a point that matters", () => {
  const one = { point: 0, x: 50, y: 50, width: 40 };
  expect(placeLabels([one], 200, 100, 9, [50, 50])[0]?.left).toBe(58);
  // There is another one to the right of it.
  expect(placeLabels([one], 200, 100, 9, [50, 50, 70, 52])[0]?.left).toBe(2);
});

test("what must be named covers points rather than no name, but never another label", () => {
  const around = [70, 50, 30, 50, 50, 35, 50, 65];
  const one = { point: 0, x: 50, y: 50, width: 40 };
  expect(placeLabels([one], 200, 100, 9, around)).toEqual([]);
  expect(placeLabels([{ ...one, isNeeded: true }], 200, 100, 9, around)[0]?.left).toBe(58);
  const twice = placeLabels(
    [
      { ...one, isNeeded: true },
      { ...one, point: 1, isNeeded: true },
    ],
    200,
    100,
    9,
    around,
  );
  expect(twice.map(({ left }) => left)).toEqual([58, 2]);
});
