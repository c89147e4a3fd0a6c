import { describe, expect, test } from "vitest";
import type { DiffPiece } from "../types";
import { differences } from "./diff";

const told = (pieces: DiffPiece[]) =>
  pieces.map(({ text, kind }) => `${{ same: "=", added: "+", removed: "-" }[kind]}${text}`);
const without = (pieces: DiffPiece[], kind: DiffPiece["kind"]) =>
  pieces
    .filter((piece) => piece.kind !== kind)
    .map(({ text }) => text)
    .join("");

describe("differences", () => {
  test("by words", () => {
    expect(told(differences("the red fox runs", "the old fox runs", "word"))).toEqual([
      "=the ",
      "-old",
      "+red",
      "= fox runs",
    ]);
  });
  test("a space between two changed words changes with them, a line break does not", () => {
    expect(told(differences("a red fox.", "an old wolf.", "word"))).toEqual(["-an old wolf", "+a red fox", "=."]);
    expect(told(differences("red\nfox", "old\nwolf", "word"))).toEqual(["-old", "+red", "=\n", "-wolf", "+fox"]);
  });
  test("by characters, emoji and combining characters whole", () => {
    expect(told(differences("a👩‍👩‍👧b", "a👩‍👩‍👦b", "character"))).toEqual(["=a", "-👩‍👩‍👦", "+👩‍👩‍👧", "=b"]);
    expect(told(differences("ne\u0301", "ne", "character"))).toEqual(["=n", "-e", "+e\u0301"]);
  });
  test("words of scripts without spaces", () => {
    expect(told(differences("私は東京を見た", "私は大阪を見た", "word"))).toEqual([
      "=私は",
      "-大阪",
      "+東京",
      "=を見た",
    ]);
  });
  test.each([
    ["", ""],
    ["", "gone"],
    ["new", ""],
    ["\n\n", "\n"],
    ["\ud83d", "\ud83d\ude00"],
    ["a\u202eb", "a\u202ec"],
    ["שלום עולם", "שלום לך"],
  ])("%j beside %j: the pieces make up both", (text, other) => {
    for (const unit of ["word", "character"] as const) {
      const pieces = differences(text, other, unit);
      expect(without(pieces, "removed")).toBe(text);
      expect(without(pieces, "added")).toBe(other);
      expect(pieces.every((piece) => piece.text !== "" && piece.coarse === undefined)).toBe(true);
    }
  });
  test("hostile texts: gives up in bounded time, and says so", () => {
    const numbers = (from: number) => Array.from({ length: 20_000 }, (_, i) => String(from + i * 7)).join(" ");
    const started = performance.now();
    const pieces = differences(numbers(1), numbers(3), "character");
    expect(performance.now() - started).toBeLessThan(2000);
    expect(pieces.map(({ kind, coarse }) => [kind, coarse])).toEqual([
      ["removed", true],
      ["added", true],
    ]);
  });
  test("too different by characters: by words, and says so", () => {
    const text = "zebra ".repeat(60);
    const pieces = differences(`${text}end`, `${"quick fox ".repeat(60)}end`, "character");
    expect(pieces.at(-1)).toEqual({ text: "end", kind: "same", coarse: true });
  });
});
