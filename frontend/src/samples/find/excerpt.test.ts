import { expect, it } from "vitest";
import { excerptOf } from "./excerpt";

it("shows a match between what stands around it", () => {
  expect(excerptOf("one two three", { start: 4, end: 7 }, 20, 20)).toEqual({
    before: "one ",
    match: "two",
    after: " three",
  });
});

it("says that something comes before, in one line", () => {
  const text = `${"x".repeat(50)}\nhere\n${"y".repeat(50)}`;
  expect(excerptOf(text, { start: 51, end: 55 }, 4, 6)).toEqual({
    before: "…xxx ⏎ ",
    match: "here",
    after: " ⏎ yyyyy",
  });
});

it("shows the beginning of a text without a match", () => {
  expect(excerptOf("a long text", null, 3, 6)).toEqual({ before: "", match: "", after: "a long" });
});

it("keeps characters whole", () => {
  expect(excerptOf("🙂🙂🙂!🙂🙂🙂", { start: 6, end: 7 }, 2, 2)).toEqual({
    before: "…🙂🙂",
    match: "!",
    after: "🙂🙂",
  });
});
