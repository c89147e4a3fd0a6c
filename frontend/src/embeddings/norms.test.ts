import { expect, test } from "vitest";
import { abscissae, normPoints, normScale } from "./norms";

test("frequencies stand on a logarithmic scale, rows where they are not known", () => {
  expect([...abscissae(Float64Array.of(1000, 0, Number.NaN), [0, 1, 2])]).toEqual([1000, 1, Number.NaN]);
  expect([...abscissae(null, [0, 9])]).toEqual([1, 10]);
});

test("points fill the plot, and keep the scale of greater norms before", () => {
  const xs = Float64Array.of(1, 10, 100, Number.NaN);
  const norms = Float32Array.of(2, 1, Number.NaN, 1);
  const scale = normScale(xs, norms, 0);
  expect(scale).toEqual({ from: 0, to: 2, top: 2 });
  expect([...normPoints(xs, norms, scale, 208, 108)]).toEqual([4, 4, 104, 54, 204, Number.NaN, Number.NaN, 54]);
  expect(normScale(xs, norms, 5).top).toBe(5);
});

test("one abscissa, or none, and norms of 0", () => {
  const scale = normScale(Float64Array.of(7), Float32Array.of(0), 0);
  expect([...normPoints(Float64Array.of(7), Float32Array.of(0), scale, 108, 58)]).toEqual([54, 54]);
  expect(normScale(new Float64Array(), new Float32Array(), 0)).toEqual({ from: 0, to: 1, top: 1 });
});
