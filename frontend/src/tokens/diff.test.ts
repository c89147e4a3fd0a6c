import { describe, expect, test } from "vitest";
import { type DiffPiece, differences, sameBeginning } from "./diff";

const told = (pieces: DiffPiece[]) => pieces.map(({ text, isOwn }) => (isOwn ? `+${text}` : `=${text}`));

describe("differences", () => {
  test("by words", () => {
    expect(told(differences("the red fox runs", "the old fox runs", "word"))).toEqual(["=the ", "+red", "= fox runs"]);
  });
  test("spaces are marked only where nothing else is new", () => {
    expect(told(differences("a red\nfox.", "an old wolf.", "word"))).toEqual(["+a", "= ", "+red", "=\n", "+fox", "=."]);
    expect(told(differences("a  b", "ab", "character"))).toEqual(["=a", "+  ", "=b"]);
  });
  test("by characters, emoji and combining characters whole", () => {
    expect(told(differences("a👩‍👩‍👧b", "a👩‍👩‍👦b", "character"))).toEqual(["=a", "+👩‍👩‍👧", "=b"]);
    expect(told(differences("ne\u0301", "ne", "character"))).toEqual(["=n", "+e\u0301"]);
  });
  test("words of scripts without spaces", () => {
    expect(told(differences("私は東京を見た", "私は大阪を見た", "word"))).toEqual(["=私は", "+東京", "=を見た"]);
  });
  test.each([
    ["", ""],
    ["", "gone"],
    ["new", ""],
    ["\n\n", "\n"],
    ["\ud83d", "\ud83d\ude00"],
    ["a\u202eb", "a\u202ec"],
    ["שלום עולם", "שלום לך"],
    [" a b ", "c"],
  ])("%j beside %j: the pieces make up the text", (text, other) => {
    for (const unit of ["word", "character"] as const) {
      const pieces = differences(text, other, unit);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
      expect(pieces.every((piece) => piece.text !== "" && piece.coarse === undefined)).toBe(true);
    }
  });
  test("hostile texts: gives up early, and says so", () => {
    const numbers = (from: number) => Array.from({ length: 20_000 }, (_, i) => String(from + i * 7)).join(" ");
    const text = numbers(1);
    expect(differences(text, numbers(3), "character")).toEqual([{ text, isOwn: true, coarse: true }]);
  });
  test("too different by characters: by words, and says so", () => {
    const text = "zebra ".repeat(60);
    const pieces = differences(`${text}end`, `${"quick fox ".repeat(60)}end`, "character");
    expect(pieces.at(-1)).toEqual({ text: "end", isOwn: false, coarse: true });
  });
});

test("texts begin alike by so many words", () => {
  expect(sameBeginning("The sea, the old sea", "The sea, the new one")).toBe(3);
  expect(sameBeginning("The sea", "The sea")).toBe(2);
  expect(sameBeginning("A sea", "The sea")).toBe(0);
  expect(sameBeginning("", "The")).toBe(0);
});
