import { describe, expect, test } from "vitest";
import { contrast, parseHex, toOklab } from "../../draw/colour";
import type { Theme } from "../../draw/inks";
import type { SampleTokens } from "../types";
import { joinBoxes } from "./geometry";
import { segmentsOf } from "./segments";
import { shadeStyle } from "./shadeStyle";
import { shadeColours, shadedStretches, shadeOf } from "./shades";
import { isBoundary, joinedTokens, stretchOfToken, tokenAt } from "./tokenPlaces";
import { visibleText } from "./visible";

/** Tokens that add these pieces of text with these probabilities. */
function tokensOf(...written: [string, number][]): SampleTokens {
  let end = 0;
  return {
    tokens: written.map(([piece]) => piece),
    stretches: written.map(([piece]) => {
      end += piece.length;
      return { start: end - piece.length, end };
    }),
    probabilities: Float32Array.from(written, ([, probability]) => probability),
    ranks: written.map(() => 1),
  };
}
const textOf = (tokens: SampleTokens) => tokens.tokens.join("");

describe("visibleText", () => {
  test.each([
    ["plain\ttext\n", "plain\ttext\n"],
    ["a\u0000\u001b\u007f\r\nb", "a␀␛␡␍\nb"],
    ["\ud83d half \udc00", "\ufffd half \ufffd"],
    ["\u202egnp.exe\u2066", "␦gnp.exe␦"],
    ["👩‍👩‍👧 e\u0301 می‌خواهم \u200f", "👩‍👩‍👧 e\u0301 می‌خواهم \u200f"],
    [" \t\n\u00a0", "␣⇥\n␣"],
    ["", ""],
  ])("%j", (text, visible) => {
    expect(visibleText(text)).toBe(visible);
    expect(visible.length).toBe(text.length);
  });
});

describe("isBoundary", () => {
  test.each([
    ["ab", [true]],
    ["e\u0301", [false]],
    ["👍🏽", [false, false, false]],
    ["👩‍👧", [false, false, false, false]],
    ["🇫🇷🇩🇪", [false, false, false, true, false, false, false]],
    ["\r\n", [false]],
    ["한국", [true]],
    ["\u1112\u1161\u11ab", [false, false]],
  ])("%j", (text, expected) => {
    expect(expected.map((_, i) => isBoundary(text, i + 1))).toEqual(expected);
  });
});

describe("tokens that share a character", () => {
  // Three bytes of one character, the first two of which add nothing yet; a woman, a joiner and a girl; an end token.
  const tokens = tokensOf(
    ["a", 0.5],
    ["", 0.5],
    ["", 0.5],
    ["語", 1],
    ["👩", 1],
    ["‍", 0.5],
    ["👧", 0.25],
    ["b", 1],
    ["", 1],
  );
  const text = textOf(tokens);

  test("are joined", () => {
    expect(
      joinedTokens(text, tokens).map(({ first, last, start, end }) => [first, last, text.slice(start, end)]),
    ).toEqual([
      [0, 0, "a"],
      [1, 3, "語"],
      [4, 6, "👩‍👧"],
      [7, 7, "b"],
    ]);
  });
  test("are marked as that character, the end token as the end", () => {
    const marked = (token: number) => {
      const { start, end } = stretchOfToken(text, tokens, token);
      return [start, text.slice(start, end)];
    };
    expect([1, 2, 3].map(marked)).toEqual(Array(3).fill([1, "語"]));
    expect(marked(5)).toEqual([2, "👩‍👧"]);
    expect(marked(8)).toEqual([text.length, ""]);
  });
  test("the character under the pointer is of the token that completed it", () => {
    expect([0, 1, 2, 4, text.length - 1].map((offset) => tokenAt(tokens, offset))).toEqual([0, 3, 4, 5, 7]);
    expect([-1, text.length].map((offset) => tokenAt(tokens, offset))).toEqual([null, null]);
  });
  test("have their joint probability as shade", () => {
    expect(shadedStretches(text, tokens)).toEqual([
      { start: 0, end: 1, shade: 1 },
      { start: 1, end: 2, shade: 2 },
      { start: 2, end: 7, shade: 3 },
    ]);
  });
});

describe("shades", () => {
  test("each halves the probability; none for what is not known", () => {
    expect([1, 0.75, 0.5, 0.25, 2 ** -5, 1e-9, 0, Number.NaN].map(shadeOf)).toEqual([0, 0, 1, 2, 5, 5, 5, -1]);
  });
  test("a space before a word is not shaded, alone it is", () => {
    const tokens = tokensOf(["a", 0.5], [" b", 0.5], ["  ", 0.5]);
    expect(shadedStretches(textOf(tokens), tokens)).toEqual([
      { start: 0, end: 1, shade: 1 },
      { start: 2, end: 5, shade: 1 },
    ]);
  });
  test("neighbours of one shade are one, a gap parts them", () => {
    const tokens = tokensOf(["ab", 0.5], ["c", 0.5], ["d", 1], ["e", 0.5], ["f", Number.NaN]);
    expect(shadedStretches(textOf(tokens), tokens)).toEqual([
      { start: 0, end: 3, shade: 1 },
      { start: 4, end: 5, shade: 1 },
      { start: 5, end: 6, shade: -1 },
    ]);
  });
  test.each<Theme>(["light", "dark"])("%s: in equal steps of lightness, ink readable on the darkest", (theme) => {
    const colours = shadeColours(theme);
    const lightness = colours.map((colour) => toOklab(colour)[0]);
    const steps = lightness.slice(1).map((value, i) => Math.abs(value - (lightness[i] as number)));
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.35);
    expect(Math.min(...steps)).toBeGreaterThan(0.018);
    const ink = parseHex(theme === "light" ? "#1f2124" : "#f1f1f1");
    expect(Math.min(...colours.map((colour) => contrast(colour, ink)))).toBeGreaterThanOrEqual(4.5);
  });
  test("every mark has a look in both themes", () => {
    for (const theme of ["light", "dark"]) {
      for (const name of ["shade-1", "shade-5", "unknown", "match"]) {
        expect(shadeStyle()).toContain(`.sample-text.${theme} *)::highlight(sample-${name})`);
      }
    }
  });
});

describe("segmentsOf", () => {
  const told = (...given: Parameters<typeof segmentsOf>) =>
    segmentsOf(...given).map(({ text, isOwn, start, isBreak, marks }) => [
      start,
      text,
      ...(isOwn ? ["own"] : []),
      ...(isBreak ? ["break"] : []),
      ...marks,
    ]);

  test("a text as it is is one piece, an empty one none", () => {
    expect(told("a\nb", null, false, [])).toEqual([[0, "a\nb"]]);
    expect(told("", null, true, [])).toEqual([]);
  });
  test("line breaks that are shown begin a piece", () => {
    expect(told("\na\n\nb", null, true, [])).toEqual([
      [0, "\na", "break"],
      [2, "\n", "break"],
      [3, "\nb", "break"],
    ]);
  });
  test("what is its own is a piece of its own", () => {
    const pieces = [
      { text: "a ", isOwn: false },
      { text: "new\n", isOwn: true },
      { text: "b", isOwn: false },
    ];
    expect(told("a new\nb", pieces, true, [])).toEqual([
      [0, "a "],
      [2, "new", "own"],
      [5, "\n", "own", "break"],
      [6, "b"],
    ]);
  });
  test("draws no further than asked, whole characters", () => {
    expect(told("abcdef", null, false, [], 2)).toEqual([[0, "ab"]]);
    expect(told("e\u0301tude", null, false, [], 1)).toEqual([[0, "e\u0301"]]);
    const pieces = [
      { text: "abc", isOwn: false },
      { text: "def", isOwn: true },
    ];
    expect(told("abcdef", pieces, false, [], 3)).toEqual([[0, "abc"]]);
    expect(told("abcdef", pieces, false, [], 99).at(-1)).toEqual([3, "def", "own"]);
  });
  test("marks that overlap are cut apart", () => {
    const marks = [
      { start: 1, end: 4, name: "shade-1" },
      { start: 2, end: 6, name: "match" },
    ];
    expect(told("abcdef", null, false, marks)).toEqual([
      [0, "a"],
      [1, "b", "shade-1"],
      [2, "cd", "shade-1", "match"],
      [4, "ef", "match"],
    ]);
  });
});

describe("boxes of a stretch", () => {
  const box = (left: number, top: number, width: number) => ({ left, top, width, height: 15 });
  test("pieces of a line are one, lines are apart", () => {
    expect(joinBoxes([box(10, 0, 3), box(13, 0, 20), box(0, 20, 7)])).toEqual([box(10, 0, 23), box(0, 20, 7)]);
    expect(joinBoxes([box(50, 0, 10), box(10, 0, 10)])).toHaveLength(2);
  });
  test("what is narrow stays narrow, what has no width is widened where there is nothing else", () => {
    expect(joinBoxes([box(10, 0, 3), box(13, 0, 0)])).toEqual([box(10, 0, 3)]);
    expect(joinBoxes([box(13, 0, 0)])).toEqual([box(13, 0, 10)]);
  });
});
