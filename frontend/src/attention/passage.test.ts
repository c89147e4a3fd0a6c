import { expect, it } from "vitest";
import { passageWindow } from "./passage";

const shown = Array.from({ length: 512 }, (_, position) => position);

it("a short text is set whole, of a long one what is around a position", () => {
  expect(passageWindow(shown.slice(0, 80), 5, true, 100)).toEqual({ from: 0, to: 80 });
  expect(passageWindow(shown, 300, true, 100)).toEqual({ from: 215, to: 315 });
  expect(passageWindow(shown, 300, false, 100)).toEqual({ from: 250, to: 350 });
});

it("never begins before the text nor ends behind it", () => {
  expect(passageWindow(shown, 3, true, 100)).toEqual({ from: 0, to: 100 });
  expect(passageWindow(shown, 511, false, 100)).toEqual({ from: 412, to: 512 });
});
