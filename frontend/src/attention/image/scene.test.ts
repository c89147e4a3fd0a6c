import { describe, expect, it } from "vitest";
import { quantised } from "../testing";
import { darkestOf, picturesOf, standingQuery } from "./scene";

const image = { blob: 1, width: 2, height: 1, rows: 1, columns: 2, first: 1 };
const grid = { rows: 1, columns: 2, first: 1 };
const imaged = { image, queries: grid, keys: grid };
const matrix = quantised([
  [0.5, 0.25, 0.25],
  [0, 1, 0],
  [0, 0, 1],
]);
const alone = { matrix, matrixB: null, isCompared: false, queries: [0, 1, 2] };
const compared = {
  ...alone,
  matrixB: quantised([
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ]),
  isCompared: true,
};
const told = (...given: Parameters<typeof picturesOf>) =>
  picturesOf(...given).map((shown) => (shown.kind === "map" ? [shown.query, shown.of] : shown.kind));

describe("the pictures of an image", () => {
  it("are the image, the map of the class token, and that of the chosen patch", () => {
    expect(told(imaged, alone, null)).toEqual(["image", [0, null], "ask"]);
    expect(told(imaged, alone, 0)).toEqual(["image", [0, null], "ask"]);
    expect(told(imaged, alone, 2)).toEqual(["image", [0, null], [2, null]]);
    expect(told(imaged, alone, 9)).toEqual(["image", [0, null], "ask"]);
  });

  it("are of all queries where there is no class token, or queries are words", () => {
    const noClass = { ...imaged, queries: { ...grid, first: 0 } };
    expect(standingQuery(noClass)).toBeNull();
    expect(told({ ...imaged, queries: null }, alone, null)).toEqual(["image", [null, null], "ask"]);
  });

  it("are of A, of B, and what they differ in", () => {
    expect(told(imaged, compared, null)).toEqual(["image", [0, "a"], [0, "b"], [0, "difference"]]);
    expect(told(imaged, compared, 2)).toEqual(["image", [2, "a"], [2, "b"], [2, "difference"]]);
    const other = quantised([[1, 0]]);
    expect(told(imaged, { ...compared, matrixB: other }, null)).toEqual(["image", [0, "a"], "ask", "ask"]);
  });

  it("are the image alone where the patches do not fit", () => {
    expect(told({ ...imaged, keys: null }, alone, 1)).toEqual(["image"]);
  });
});

it("the darkest colour is the largest weight on a patch of the maps that are asked for, in a plain number", () => {
  expect(darkestOf([matrix], grid, [0], [0, 1, 2])).toBe(0.5);
  expect(darkestOf([matrix], grid, [0, 2, 9], [0, 1, 2])).toBe(1);
  expect(darkestOf([matrix], grid, [null], [0, 1, 2])).toBe(0.5);
  expect(darkestOf([quantised([[0.9, 0.06, 0.04]]), quantised([[1, 0, 0]])], grid, [0], [0])).toBe(0.1);
});
