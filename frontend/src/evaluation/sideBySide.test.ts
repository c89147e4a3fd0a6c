import { expect, it } from "vitest";
import { widthOfEach } from "./sideBySide";

it("drawings stand beside each other as far as there is room", () => {
  expect(widthOfEach(1000, 1, 250)).toBe(1000);
  expect(widthOfEach(1000, 3, 250)).toBe(333);
  expect(widthOfEach(1000, 9, 250)).toBe(250);
  expect(widthOfEach(100, 2, 250)).toBe(100);
  expect(widthOfEach(1000, 0, 250)).toBe(1000);
});
