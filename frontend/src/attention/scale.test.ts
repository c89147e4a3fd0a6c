import { expect, it } from "vitest";
import { darkestOf, isSigned } from "./scale";
import { quantised } from "./testing";

const pale = quantised([[0.05, 0.04]]);
const strong = quantised([[0.9, 0.1]]);
const large = quantised([[40, 1]]);

it("is 0 to 1 over all steps, unless weights are larger", () => {
  expect(darkestOf("all", [pale], [strong])).toBe(1);
  expect(darkestOf("all", [pale], [large])).toBe(50);
});

it("is that of a head over the steps drawn, or of the step shown, by choice", () => {
  expect(darkestOf("head", [pale], [quantised([[0.2, 0.1]])])).toBe(0.2);
  expect(darkestOf("step", [pale], [strong])).toBe(0.05);
  expect(darkestOf("step", [pale, strong], [])).toBe(1);
  expect(darkestOf("step", [], [])).toBe(0);
});

it("has two sides where some weight is below 0", () => {
  expect(isSigned([pale, { ...strong, negative: Uint8Array.of(0, 1) }])).toBe(true);
  expect(isSigned([pale])).toBe(false);
});
