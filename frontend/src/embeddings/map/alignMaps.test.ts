import { expect, test } from "vitest";
import { laidOnto, turnOnto } from "./alignMaps";
import type { FlatMap } from "./flatMap";

const POINTS: [number, number][] = [
  [3, 1],
  [-2, 2],
  [0, -4],
  [1, 0],
];

test.each([
  ["turned", ([x, y]: [number, number]): [number, number] => [0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y]],
  ["flipped", ([x, y]: [number, number]): [number, number] => [0.6 * x + 0.8 * y, 0.8 * x - 0.6 * y]],
])("points that were %s are laid back, distances kept", (_, change) => {
  const moving = POINTS.map(change);
  const [a, b, c, d] = turnOnto(moving, POINTS);
  moving.forEach(([x, y], at) => {
    const [u, v] = POINTS[at] as [number, number];
    expect(x * a + y * c).toBeCloseTo(u);
    expect(x * b + y * d).toBeCloseTo(v);
  });
  expect(Math.abs(a * d - b * c)).toBeCloseTo(1);
});

test("a map is laid onto another by the words of both, at all its steps", () => {
  const map = (rows: number[], positions: number[]): FlatMap => ({
    steps: [0, 1],
    rows: Int32Array.from(rows),
    fitted: rows.length,
    shares: [1, 0],
    positions: Float32Array.from(positions),
  });
  const fixed = map([0, 1], [0, 0, 0, 0, 2, 0, 0, 1]);
  // Upside down and in another order, with a word that only this one has.
  const moving = map([5, 7, 6], [0, -1, 9, 9, 3, 0, 0, -1, 9, 9, 2, 0]);
  const laid = laidOnto(moving, fixed, (row) => (row === 6 ? 0 : row === 5 ? 1 : -1));
  expect([...laid.positions].map((value) => Math.round(value * 1000) / 1000 + 0)).toEqual([
    0, 1, 9, -9, 3, 0, 0, 1, 9, -9, 2, 0,
  ]);
});
