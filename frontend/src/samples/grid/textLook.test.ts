import { expect, it } from "vitest";
import { areVerses, BODY, estimateLines, linesLeftOut, POEM } from "./textLook";

it("estimates lines from how many characters there are, and how wide", () => {
  const text = "The old man looked out at the sea for a long time. In the night the boat had slipped its rope.";
  expect(estimateLines(text, 280, BODY)).toBe(3);
  expect(estimateLines(text, 2000, BODY)).toBe(1);
  expect(estimateLines("", 280, BODY)).toBe(1);
  expect(estimateLines("one\n\nthree", 280, BODY)).toBe(3);
  expect(estimateLines("春风吹不尽，春水向东流。", 120, POEM)).toBe(2);
  expect(estimateLines("x".repeat(10_000), 280, BODY)).toBeGreaterThan(200);
});

it("leaves out nothing for the sake of one line", () => {
  expect([1, 12, 13, 14, 20].map(linesLeftOut)).toEqual([0, 0, 0, 2, 8]);
});

it("knows verses from prose", () => {
  expect(areVerses(["春风吹不尽，春水向东流。\n明月照人归，人归不见愁。", "山月不人，风。"])).toBe(true);
  expect(areVerses(["老人望着海看了很久很久而船却不见了他也不知道"])).toBe(false);
  expect(areVerses(["Shall I compare thee", "to a day"])).toBe(false);
  expect(areVerses([])).toBe(false);
});
