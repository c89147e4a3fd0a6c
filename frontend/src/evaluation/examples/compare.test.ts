import { describe, expect, it } from "vitest";
import { madeSetup } from "../testing";
import { hasMistake, piecesOf, taggedWords } from "./compare";

const classes = ["O", "New York", "New", "York"];
const tagged = { ...madeSetup({ inputs: [""], references: ["O New York O"], classes, slices: {} }) };
const setup = { ...tagged, task: "token_labelling" as const };
const marked = (pieces: ReturnType<typeof piecesOf>) => pieces.filter(({ isOwn }) => isOwn).map(({ text }) => text);

describe("what was said of each place", () => {
  it("stands beside what is right there, not beside what is alike elsewhere", () => {
    const pieces = piecesOf(setup, "New York O O", "O New York O");
    expect(marked(pieces)).toEqual(["New York", "O"]);
    expect(pieces.map(({ text }) => text).join("")).toBe("New York O O");
    const written = { ...setup, task: "language_modelling" as const, classes: [] };
    expect(marked(piecesOf(written, "a b c", "b c c"))).toEqual(["a", "b"]);
    expect(marked(piecesOf(written, "山日依白", "白日依山"))).toEqual(["山", "白"]);
    expect(marked(piecesOf(written, "the cot", "t e cat"))).toEqual(["h", "o"]);
  });
  it("is compared as a text where there are not as many parts, or the model wrote by itself", () => {
    expect(marked(piecesOf(setup, "New York O O", "New York O"))).toEqual(["O"]);
    expect(marked(piecesOf({ ...setup, task: "sequence_to_sequence", classes: [] }, "b c a", "a b c"))).toEqual(["a"]);
    expect(marked(piecesOf(setup, "O", ""))).toEqual([]);
  });
  it("stands under the words of the input where there are as many", () => {
    expect(taggedWords(setup, "in NYC , now", "O New York O O", "O O O New")).toEqual([
      { word: "in", right: "O", said: "O" },
      { word: "NYC", right: "New York", said: "O" },
      { word: ",", right: "O", said: "O" },
      { word: "now", right: "O", said: "New" },
    ]);
    expect(taggedWords(setup, "in NYC", "O New York O O", "O O O New")).toBeNull();
    expect(taggedWords({ ...setup, task: "language_modelling" }, "a", "b", "c")).toBeNull();
  });
  it("is behind a cell of the confusion matrix where some label was taken so", () => {
    expect(hasMistake(setup, 0, "O O O", [1, 0])).toBe(true);
    expect(hasMistake(setup, 0, "O O O", [0, 0])).toBe(true);
    expect(hasMistake(setup, 0, "O O O", [2, 0])).toBe(false);
    expect(hasMistake(setup, 0, "O New York O", [1, 0])).toBe(false);
    expect(hasMistake({ ...setup, task: "classification" }, 0, "O", [1, 0])).toBe(false);
  });
});
