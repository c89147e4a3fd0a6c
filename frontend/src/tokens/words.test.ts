import { describe, expect, it } from "vitest";
import { wordsOf } from "./merged";
import { jointsOf } from "./words";

const merged = (tokens: readonly string[]) => wordsOf(tokens)?.map(({ text }) => text) ?? null;

describe("words", () => {
  it.each<[string, string[], string[] | null]>([
    ["WordPiece", ["[CLS]", "un", "##believ", "##able", "!", "[SEP]"], ["[CLS]", "unbelievable", "!", "[SEP]"]],
    ["SentencePiece", ["▁Un", "believ", "able", "!", "</s>"], ["Unbelievable", "!", "</s>"]],
    ["a number after a lone mark", ["▁in", "▁", "2", "0", "▁a"], ["in", "20", "a"]],
    ["GPT-2", ["The", "Ġfisher", "man", "'s", "Ġcat", ".", "Ċ"], ["The", "fisherman's", "cat", ".", "\n"]],
    ["bytes of GPT-2", ["Ġcaf", "Ã", "©", "Ġx"], ["café", "x"]],
    ["spaces inside tokens", ["The", " fisher", "man", ",", " a"], ["The", "fisherman", ",", "a"]],
    ["spaces behind", ["fisher", "man ", "walks "], ["fisherman", "walks"]],
    ["ends that go on", ["fisher@@", "man", "walks"], ["fisherman", "walks"]],
    ["marked ends", ["fisher", "man</w>", "walks</w>"], ["fisherman", "walks"]],
    ["characters", [..."in May,"], ["in", " ", "May", ","]],
    ["apostrophes within", ["▁don", "'", "t", "▁'", "so", "'"], ["don't", "'", "so", "'"]],
    ["Chinese characters, as they are", ["▁", "注意", "力", "▁Ke", "ras", "好"], [" ", "注意", "力", "Keras", "好"]],
    ["bytes of one", ["▁a", "<0xE4>", "<0xBD>", "<0xA0>", "<0x0A>", "b"], ["a", "你", "\n", "b"]],
    ["bytes of a mark of byte order", ["▁a", "<0xEF>", "<0xBB>", "<0xBF>", "▁b"], ["a\ufeff", "b"]],
    ["Chinese bytes of GPT-2", ["Ġa", "ä½", "ł", "å¥½", "Ġok"], ["a", "你", "好", "ok"]],
    ["Korean", ["▁주", "의", "▁기", "제"], ["주의", "기제"]],
    ["special tokens and placeholders", ["▁a", "<unk>", "b", "<extra_id_0>", "c", "<pad>", "<pad>", ""], null],
    ["words", ["the", "cat", "##", "[UNK]", "sat"], null],
    ["words with a space", ["I", "love", "New York", " "], null],
    ["Chinese characters", [..."注意力 机制"], null],
    ["positions", ["0", "1", "2"], null],
    ["nothing", [], null],
  ])("of %s", (_, tokens, words) => {
    expect(merged(tokens)).toEqual(words);
  });

  it("hold every token once, in order", () => {
    const words = wordsOf(["[CLS]", "un", "##able", "", "##x", "[SEP]"]);
    expect(words?.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
  });

  it("of hostile tokens are no more than their tokens", () => {
    const tokens = ["Ġ\ud83d", "\udc00", "##", "<0xFF>", "<0xFF>", "Ġ\u202e", "\0", "<0x80>", "▁▁", "</w>"];
    const words = wordsOf(tokens);
    expect(words?.at(-1)?.to).toBe(tokens.length);
    expect(words?.every(({ from, to }, at) => to > from && from === (words[at - 1]?.to ?? 0))).toBe(true);
  });
});

it("tokens follow each other by their marks alone", () => {
  expect(jointsOf(["fisher", "##man", "walks"])).toEqual(["apart", "inside", "apart"]);
  expect(jointsOf(["Ġthe", "Ġfisher", "man", "."])).toEqual(["apart", "apart", "inside", "beside"]);
  expect(jointsOf(["[CLS]", "Ġa", "b"])).toEqual(["apart", "apart", "inside"]);
  expect(jointsOf([..."in May"])).toEqual(Array.from({ length: 6 }, () => "apart"));
});
