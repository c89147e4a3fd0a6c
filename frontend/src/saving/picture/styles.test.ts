import { expect, it } from "vitest";
import { gradientOf, isSeen, strokeOf } from "./styles";

it("colours without an opacity are not seen", () => {
  expect(["rgba(0, 0, 0, 0)", "transparent", "rgb(0 0 0 / 0)"].map(isSeen)).toEqual([false, false, false]);
  expect(["rgb(0, 0, 0)", "rgba(10, 20, 30, 0.5)", "rgb(255, 255, 0)"].map(isSeen)).toEqual([true, true, true]);
});

it("gradients from the left to the right are read with the places of their colours", () => {
  expect(gradientOf("linear-gradient(to right, rgb(1, 2, 3), rgb(4, 5, 6))")).toEqual([
    { at: 0, colour: "rgb(1, 2, 3)" },
    { at: 1, colour: "rgb(4, 5, 6)" },
  ]);
  expect(gradientOf("linear-gradient(90deg, rgb(1, 2, 3) 25%, rgba(4, 5, 6, 0.5) 50%)")).toEqual([
    { at: 0.25, colour: "rgb(1, 2, 3)" },
    { at: 0.5, colour: "rgba(4, 5, 6, 0.5)" },
  ]);
  expect(gradientOf("none")).toBeNull();
});

it("lines without width, style or colour are none", () => {
  expect(strokeOf("1px", "dotted", "red")).toEqual({ colour: "red", width: 1, style: "dotted" });
  expect(strokeOf("0px", "solid", "red")).toBeNull();
  expect(strokeOf("3px", "none", "red")).toBeNull();
  expect(strokeOf("1px", "solid", "rgba(0, 0, 0, 0)")).toBeNull();
});
