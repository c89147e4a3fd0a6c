import { expect, test } from "vitest";
import { abscissaOf, acrossOf, normPoints, normRange, ticksOf } from "./norms";

test("values stand on a logarithmic scale from the least above 0, those that are 0 apart at the left", () => {
  const abscissa = abscissaOf([0.01, 0, 1, Number.NaN, 0.1]);
  expect(abscissa).toEqual({ from: 0.01, to: 1, hasZero: true });
  expect([0, 0.01, 0.1, 1].map((x) => Math.round(acrossOf(x, abscissa, 232)))).toEqual([4, 28, 128, 228]);
  expect(acrossOf(Number.NaN, abscissa, 232)).toBeNaN();
  expect(acrossOf(-3, abscissa, 232)).toBeNaN();
});

test.each([
  [
    [0, 19],
    [0, 19],
  ],
  [
    [0, 1, 300],
    [0, 1, 10, 100],
  ],
  [
    [1 / 301, 1],
    [0.01, 0.1, 1],
  ],
  [
    [2, 9],
    [2, 9],
  ],
  [[7, 7], [7]],
  [
    [1, 1e9],
    [1, 100, 1e4, 1e6, 1e8],
  ],
  [[0], [0, 1]],
  [[Number.NaN], [1]],
])("of %j the values %j are named", (xs, ticks) => {
  expect(ticksOf(abscissaOf(xs))).toEqual(ticks);
});

test("points fill the plot from the least norm to the greatest, and keep the scale of the steps before", () => {
  const xs = Float64Array.of(1, 10, 100, Number.NaN);
  const norms = Float32Array.of(2, 1, Number.NaN, 1.5);
  const range = normRange(norms, null);
  expect(range).toEqual({ bottom: 1, top: 2 });
  expect([...normPoints(xs, norms, abscissaOf(xs), range, 208, 108)]).toEqual([
    4,
    4,
    104,
    104,
    204,
    Number.NaN,
    Number.NaN,
    54,
  ]);
  expect(normRange(norms, { bottom: 1.5, top: 5 })).toEqual({ bottom: 1, top: 5 });
  expect(normRange(norms, range)).toBe(range);
});

test("one word stands in the middle; of what is not finite nothing is drawn", () => {
  const one = Float32Array.of(3);
  expect([...normPoints([7], one, abscissaOf([7]), normRange(one, null), 108, 58)]).toEqual([54, 29]);
  const none = Float32Array.of(Number.NaN);
  expect(normRange(none, null)).toEqual({ bottom: Infinity, top: -Infinity });
});
