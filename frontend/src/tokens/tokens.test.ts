import { describe, expect, test } from "vitest";
import { displayToken, isPadding, isRightToLeft, isSpecial, shownPositions } from "./tokens";

describe("displayToken", () => {
  test.each([
    ["the", "", "the", "word"],
    ["Ġthe", "·", "the", "word"],
    ["▁the", "·", "the", "word"],
    [" the", "·", "the", "word"],
    ["##ing", "##", "ing", "subword"],
    ["##", "", "##", "word"],
    ["Ġ", "", "␣", "space"],
    ["   ", "", "␣␣␣", "space"],
    ["\u00a0", "", "␣", "space"],
    ["", "", "∅", "empty"],
    ["[CLS]", "", "[CLS]", "special"],
    ["\n", "", "↵", "control"],
    ["Ċ", "", "↵", "control"],
    ["\t", "", "⇥", "control"],
    ["\0", "", "\\x00", "control"],
    ["\r", "", "\\x0d", "control"],
    ["\u200b", "", "\\u200b", "control"],
    ["a\nb", "", "a↵b", "word"],
    ["\u202eevil", "", "\\u202eevil", "word"],
    ["\u2066x\u2069", "", "\\u2066x\\u2069", "word"],
    ["\ud83d", "", "\\ud83d", "control"],
    ["x\udc00", "", "x\\udc00", "word"],
    ["\u0301", "", "◌\u0301", "word"],
    ["👩‍👩‍👧", "", "👩‍👩‍👧", "word"],
    ["می‌خواهم", "", "می‌خواهم", "word"],
    ["a\u200d", "", "a\\u200d", "word"],
    ["\u{e0041}", "", "\\u{e0041}", "control"],
    ["東京", "", "東京", "word"],
    ["<img src=x onerror=alert(1)>", "", "<img src=x onerror=alert(1)>", "word"],
  ])("%j", (token, mark, text, kind) => {
    expect(displayToken(token)).toMatchObject({ mark, text, kind });
  });

  test("the title tells the whole token, safely", () => {
    expect(displayToken("Ġthe").title).toBe("Ġthe");
    expect(displayToken("").title).toBe("empty token");
    expect(displayToken("a\u202e").title).toBe("a\\u202e");
  });

  test("cuts what no screen can hold, never through a character", () => {
    const { text, title } = displayToken("😀".repeat(5000));
    expect(text.length).toBeLessThanOrEqual(121);
    expect(title.length).toBeLessThanOrEqual(1001);
    expect(text).not.toMatch(/[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/);
    expect(text.endsWith("😀…")).toBe(true);
  });
});

test.each(["[PAD]", "<pad>", "", "<|pad|>"])("%j is padding", (token) => {
  expect(isPadding(token)).toBe(true);
  expect(isSpecial(token)).toBe(true);
});

test.each([
  "</s>",
  "<s>",
  "<|endoftext|>",
  "[CLS]",
  "[SEP]",
  "[start]",
  "[end]",
  "<eos>",
  "<start_of_turn>",
  "[unused12]",
])("%j is special and no padding", (token) => {
  expect(isSpecial(token)).toBe(true);
  expect(isPadding(token)).toBe(false);
});

test.each(["[UNK]", "[MASK]", "<extra_id_0>", "<b>", "pad", "[1]", "<", "<img src=x>", "Ġ", "end"])(
  "%j is content",
  (token) => {
    expect(isSpecial(token)).toBe(false);
  },
);

describe("shownPositions", () => {
  const tokens = ["[CLS]", "a", "b", "[SEP]", "", ""];
  test("all, or those of content", () => {
    expect(shownPositions(tokens, "nothing")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shownPositions(tokens, "special")).toEqual([1, 2]);
  });
  test("or all but the padding at the ends", () => {
    expect(shownPositions(tokens, "padding")).toEqual([0, 1, 2, 3]);
    expect(shownPositions(["[PAD]", "a", "", "b", "[PAD]"], "padding")).toEqual([1, 2, 3]);
  });
  test("never hides everything", () => {
    expect(shownPositions(["[CLS]", ""], "special")).toEqual([0, 1]);
  });
});

test("isRightToLeft goes by most of the words", () => {
  expect(isRightToLeft(["[CLS]", "שלום", "עולם", "ok", "!"])).toBe(true);
  expect(isRightToLeft(["the", "word", "سلام"])).toBe(false);
  expect(isRightToLeft(["1", "2"])).toBe(false);
});
