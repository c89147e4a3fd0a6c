import { expect, it } from "vitest";
import { joined, plain, sentence, strong, word } from "./sentence";

it("keeps its parts in the order in which the catalogue has them", () => {
  const said = sentence`${strong("far")} looks at ${word("key")} ${0.5}, ${""}of ${sentence`${2} words`}.`;
  expect(said).toEqual([{ strong: "far" }, " looks at ", { word: "key" }, " ", "0.5", ", ", "of ", "2", " words", "."]);
  expect(plain(said)).toBe("far looks at key 0.5, of 2 words.");
});

it("joins lists", () => {
  expect(plain(joined([sentence`a`, sentence`b`], ", "))).toBe("a, b");
  expect(joined([], ", ")).toEqual([]);
});
