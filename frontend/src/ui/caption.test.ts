import { describe, expect, it } from "vitest";
import { sentence, strong, word } from "../language/sentence";
import { held, type Option, optionAfter, optionTyped, popoverPlace, wordOf } from "./caption";

it("punctuation stays with the word before it, so that no line begins with it", () => {
  const said = sentence`全部 ${word("layer")}，${word("head")}。`;
  expect(held(said)).toEqual([
    { part: "全部 ", after: "" },
    { part: { word: "layer" }, after: "，" },
    { part: { word: "head" }, after: "。" },
  ]);
  expect(held(sentence`${strong("a")}”, of ${word("b")} · line.`)).toEqual([
    { part: { strong: "a" }, after: "”," },
    { part: " of ", after: "" },
    { part: { word: "b" }, after: "" },
    { part: " · line.", after: "" },
  ]);
});

const options: Option[] = ["head 0", "head 1", "mean of all heads"].map((text, key) => ({ key: String(key), text }));

it("arrows lead from option to option and stop at the ends", () => {
  expect(["ArrowDown", "ArrowUp", "Home", "End", "x"].map((key) => optionAfter(options, 1, key))).toEqual([
    2,
    0,
    0,
    2,
    null,
  ]);
  expect([optionAfter(options, 2, "ArrowDown"), optionAfter(options, 0, "ArrowUp"), optionAfter([], 0, "End")]).toEqual(
    [2, 0, null],
  );
});

it("typing leads to what begins so, or has it within", () => {
  expect([optionTyped(options, 1, "h"), optionTyped(options, 0, "MEAN"), optionTyped(options, 0, "all")]).toEqual([
    1, 2, 2,
  ]);
  expect([optionTyped(options, 0, "q"), optionTyped([], 0, "q")]).toEqual([null, null]);
});

describe("a popover", () => {
  const window = { width: 1000, height: 700 };
  it("stands below its word and within the window", () => {
    expect(popoverPlace({ left: 100, top: 80, bottom: 100 }, 200, window)).toEqual({ left: 92, top: 103, most: 589 });
    expect(popoverPlace({ left: 950, top: 80, bottom: 100 }, 200, window).left).toBe(792);
  });
  it("stands above where there is more room", () => {
    expect(popoverPlace({ left: 0, top: 600, bottom: 620 }, 200, window)).toEqual({ left: 8, bottom: 103, most: 589 });
  });
});

it("a word says what is chosen, and every option what it means", () => {
  let chosen = "";
  const names = { linear: "linear", root: "square root" };
  const word = wordOf("Shade", ["linear", "root"], names, "root", (key) => (chosen = key), {
    root: "small weights show",
  });
  expect(word).toMatchObject({ text: "square root", chosen: "root" });
  expect(word.options).toEqual([
    { key: "linear", text: "linear" },
    { key: "root", text: "square root", note: "small weights show" },
  ]);
  word.choose("linear");
  expect(chosen).toBe("linear");
});
