import { expect, it } from "vitest";
import { differenceOf, largestChange } from "./difference";
import { partlyKnown, quantised } from "./testing";
import { weightAt } from "./weights";

const a = quantised([
  [0.9, 0.1, 0],
  [0.2, 0.3, 0.5],
]);
const b = quantised([
  [0.5, 0.5, 0],
  [0.2, 0.3, 0.5],
]);

it("is A less B, with its sign", () => {
  const difference = differenceOf(a, b);
  if (!difference) throw new Error("none");
  const values = [0, 1].map((i) => [0, 1, 2].map((j) => weightAt(difference, i, j)));
  expect(values[0]?.[0]).toBeCloseTo(0.4, 2);
  expect(values[0]?.[1]).toBeCloseTo(-0.4, 2);
  expect(values[0]?.[2]).toBeCloseTo(0);
  expect(values[1]?.every((value) => Math.abs(value) < 1e-6)).toBe(true);
});

it("is none of other shapes, and not finite where one is not", () => {
  expect(differenceOf(a, quantised([[1]]))).toBeNull();
  const broken = differenceOf(quantised([[Number.NaN, 1]]), quantised([[0.5, 0.5]]));
  expect(broken && weightAt(broken, 0, 0)).toBeNaN();
  expect(broken && weightAt(broken, 0, 1)).toBeCloseTo(0.5, 2);
});

it("finds where they differ most, among what is in sight", () => {
  expect(largestChange(a, b, [0, 1], [1, 2])).toMatchObject({ query: 0, key: 1 });
  expect(largestChange(a, b, [1], [0, 1, 2])).toBeNull();
});

it("is by how much they differ at least where a weight is not known", () => {
  const found = differenceOf(
    partlyKnown([[0.9, 0.1, 0.4, 0]], [[1, 0, 0, 1]]),
    partlyKnown([[0.2, 0.5, 0.1, 0.3]], [[0, 1, 0, 1]]),
  );
  if (!found) throw new Error("none");
  const values = [0, 1, 2, 3].map((key) => weightAt(found, 0, key));
  expect(values).toEqual([0.7, -0.4, 0, -0.3].map((value) => expect.closeTo(value, 2)));
  expect(Array.from(found.known ?? [])).toEqual([0, 0, 0, 1]);
});
