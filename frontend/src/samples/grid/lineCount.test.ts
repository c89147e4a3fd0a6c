import { expect, test } from "vitest";
import { mostLines } from "./lineCount";

const WIDTH = 136;

test("short texts need one line, and so does nothing", () => {
  expect(mostLines(["a cat", ""], WIDTH, 6)).toBe(1);
  expect(mostLines([], WIDTH, 6)).toBe(1);
});
test("the longest text counts", () => {
  expect(mostLines(["a", "a\nb\n\nc", "a\nb"], WIDTH, 6)).toBe(4);
});
test("words go whole into the next line", () => {
  expect(mostLines(["twelve chars fit here"], WIDTH, 6)).toBe(2);
  expect(mostLines(["thirteen-long thirteen-long thirteen-long"], WIDTH, 6)).toBe(3);
});
test("what is longer than a line is broken", () => {
  expect(mostLines(["a".repeat(45)], WIDTH, 6)).toBe(3);
  expect(mostLines(["春眠不覺曉處處聞啼鳥夜來風雨聲"], WIDTH, 6)).toBe(2);
});
test("never more than asked for, however narrow", () => {
  expect(mostLines(["a ".repeat(1000)], WIDTH, 6)).toBe(6);
  expect(mostLines(["a"], 0, 6)).toBe(6);
});
