import { expect, it } from "vitest";
import { lineScale } from "./lineScale";

it("holds all lines, from 0 on", () => {
  expect(lineScale([[1, Number.NaN, 3], null, [2]])).toEqual({ least: 0, most: 3 });
  expect(lineScale([[-2, 1]])).toEqual({ least: -2, most: 1 });
  expect(lineScale([[0, 0]])).toEqual({ least: 0, most: 1 });
  expect(lineScale([])).toEqual({ least: 0, most: 1 });
});
