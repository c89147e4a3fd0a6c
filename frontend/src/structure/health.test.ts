import { expect, it } from "vitest";
import type { Measures } from "../store/measures";
import { healthOf } from "./health";
import { structureNode } from "./testing";

const layers = ["a", "b", "c", "d", "e"];
const measuresOf = (...steps: number[][]): Measures => ({
  steps: steps.map((_, at) => 10 * at),
  names: ["gradient_norm"],
  rows: layers.length,
  layers,
  values: Float32Array.from(steps.flat()),
});
const rows = layers.map((key, row) => ({ key, name: key, row }));
const nodes = layers.map((path) => structureNode(path, { trainable: path === "e" ? 0 : 5 }));
const health = (measures: Measures, step: number) => healthOf(measures, step, [], rows, nodes);

it("finds layers that get no gradient, though they can learn", () => {
  const measures = measuresOf([1, 1, 0, 1, 0], [1, 1, 1, 1, 0]);
  expect(health(measures, 0)).toEqual({ step: 0, broken: [], dead: ["c"], starved: [] });
  expect(health(measures, 10).dead).toEqual([]);
});

it("finds layers that get much less than their neighbours, and since when", () => {
  const measures = measuresOf([1, 1, 0.01, 1, 1], [1, 1, 1, 1, 1], [2, 1, 0.02, 1, 1], [2, 1, 0.01, 1, 1]);
  const [found, ...others] = health(measures, 30).starved;
  expect(others).toEqual([]);
  expect(found).toMatchObject({ path: "c", since: 20 });
  expect(found?.times).toBeCloseTo(100, 3);
  expect(health(measures, 10).starved).toEqual([]);
});

it("takes ten times less, as normalisations have, for healthy, and says nothing of numbers that are not", () => {
  expect(health(measuresOf([1, 0.1, 1, 0.1, 1]), 0).starved).toEqual([]);
  expect(health(measuresOf([1, Number.NaN, 1, 1, 1]), 0)).toMatchObject({ dead: [], starved: [] });
});

it("knows nothing of gradients that were not measured", () => {
  const measures = { ...measuresOf([1, 1, 1, 1, 1]), names: ["parameter_norm"] };
  expect(healthOf(measures, 0, ["a"], rows, nodes)).toEqual({ step: 0, broken: ["a"], dead: null, starved: [] });
});
