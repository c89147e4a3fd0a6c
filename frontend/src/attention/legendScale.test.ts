import { expect, it } from "vitest";
import { legendTicks } from "./legendScale";

const places = (...args: Parameters<typeof legendTicks>) => legendTicks(...args).map(({ at, text }) => [at, text]);

it("puts weights where the mapping draws them", () => {
  expect(places("square root", 1)).toEqual([
    [0, "0"],
    [0.5, "0.25"],
    [1, "1"],
  ]);
  expect(places("linear", 0.2)).toEqual([
    [0, "0"],
    [0.5, "0.1"],
    [1, "0.2"],
  ]);
  expect(places("per row", 0.2).map(([, text]) => text)).toEqual(["0 %", "25 %", "100 %"]);
  expect(places("linear", 0)).toEqual([[0, "0"]]);
});

it("has two sides for weights of either sign", () => {
  expect(places("linear", 1, true)).toEqual([
    [0, "−1"],
    [0.5, "0"],
    [1, "1"],
  ]);
});
