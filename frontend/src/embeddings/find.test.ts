import { expect, test } from "vitest";
import { findWords, searchable } from "./find";

const TEXTS = searchable(["The", "▁un", "##thing", "bathe", "日本", "Ġ", "本"]);

test("words are found by their beginning in any case, without the marks of tokenizers, before those that hold the text", () => {
  expect(findWords(TEXTS, "TH")).toEqual({ rows: Int32Array.of(0, 2, 3), beginning: 2 });
  expect(findWords(TEXTS, "##th").rows).toEqual(Int32Array.of(0, 2, 3));
  expect(findWords(TEXTS, "▁u").rows).toEqual(Int32Array.of(1));
  expect(findWords(TEXTS, "本")).toEqual({ rows: Int32Array.of(6, 4), beginning: 1 });
});

test("a mark alone is a word, and nothing is found by what no word has", () => {
  expect(findWords(TEXTS, "Ġ").rows).toEqual(Int32Array.of(5));
  expect(findWords(TEXTS, "xyz")).toEqual({ rows: Int32Array.of(), beginning: 0 });
});

test("without a query there are all words", () => {
  expect(findWords(TEXTS, "")).toEqual({ rows: Int32Array.of(0, 1, 2, 3, 4, 5, 6), beginning: 7 });
});
