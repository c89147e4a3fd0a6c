import { expect, test } from "vitest";
import { legendGradient, legendTicks } from "./legendScale";

test("ticks stand where their weight's colour is", () => {
  expect(legendTicks("linear", 0.8)).toEqual([
    { at: 0, text: "0" },
    { at: 0.5, text: "0.4" },
    { at: 1, text: "0.8" },
  ]);
  expect(legendTicks("square root", 0.8)[2]).toEqual({ at: Math.sqrt(0.2), text: "0.16" });
  expect(legendTicks("per row", 0.8).map(({ text }) => text)).toEqual(["0 %", "5 %", "20 %", "50 %", "100 %"]);
});

test("a head without weights has a scale without values", () => {
  expect(legendTicks("linear", 0)).toEqual([{ at: 0, text: "0" }]);
});

test("the bar runs from paper to ink", () => {
  expect(legendGradient("light")).toMatch(/^linear-gradient\(to right, rgb\(255 255 255\), /);
});
