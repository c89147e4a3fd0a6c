import { describe, expect, it } from "vitest";
import { displayToken } from "../../tokens/tokens";
import { jointsOf } from "../../tokens/words";
import { fitted, flow, placeRows, type Text, tokenBox } from "./flow";

/** Letters half as wide as high. */
const text = (tokens: string[]): Text => {
  const displayed = tokens.map(displayToken);
  return {
    tokens: displayed,
    joints: jointsOf(tokens),
    unitWidths: displayed.map((token) => 0.5 * [...token.text].length),
  };
};
const words = (count: number) => text(Array.from({ length: count }, (_, index) => `word${index % 10}`));

describe("words", () => {
  it("stand closer before what goes on and before punctuation", () => {
    const [, man, stop] = flow(text(["fisher", "##man", ".", "He"]), 900, 20).tokens;
    expect(man).toMatchObject({ x: 61, isContinuation: true });
    expect(stop?.x).toBeCloseTo(91 + 0.45 * 8);
  });
});

describe("the size", () => {
  it("is the largest in which all fit into one line", () => {
    expect(fitted([words(4), words(8)], 1000)).toMatchObject({ size: 26, flows: [{ lines: 1 }, { lines: 1 }] });
    expect(fitted([words(4), words(8), words(4)], 1000, false, 100).size).toBe(18);
    expect([1248, 3808].map((width) => fitted([words(4), words(8)], width).size)).toEqual([30, 44]);
    const middle = fitted([words(20), words(10)], 1000);
    expect(middle.size).toBeLessThan(26);
    expect(middle.flows.map(({ lines }) => lines)).toEqual([1, 1]);
    expect(middle.flows[0]?.width).toBeLessThanOrEqual(1000);
  });

  it("is 15 in lines alike in length where none fits", () => {
    const { size, flows } = fitted([words(50), words(5)], 1000);
    expect([size, flows[0]?.lines, flows[1]?.lines]).toEqual([15, 3, 1]);
    const ends = [0, 1, 2].map((line) =>
      Math.max(...(flows[0]?.tokens ?? []).filter((token) => token.line === line).map(({ x, width }) => x + width)),
    );
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(150);
  });

  it("short texts are spread, but not torn", () => {
    const [short] = fitted([text([..."1996-01-17"])], 1000).flows;
    expect(short?.width).toBeGreaterThan(450);
    const gaps = short?.tokens.slice(1).map(({ x }, index) => x - (short.tokens[index]?.x ?? 0)) ?? [];
    for (const gap of gaps) expect(gap).toBeLessThan(13 + 11 + 53);
  });

  it("a word wider than the room is one line of its own", () => {
    expect(fitted([text(["x".repeat(400)])], 300)).toMatchObject({ size: 15, flows: [{ lines: 1 }] });
  });

  it("no tokens are no trouble", () => {
    expect(fitted([text([])], 300).flows[0]).toMatchObject({ lines: 1, width: 0 });
  });
});

describe("the rows", () => {
  it("share what is left, and never come closer than the least", () => {
    const fit = fitted([words(4), words(4)], 1000);
    const roomy = placeRows(fit, 300, 60, 0);
    expect(roomy.height).toBeCloseTo(300);
    expect(roomy.rows[0]?.label).toBe(0);
    const tight = placeRows(fit, 100, 60, 0);
    expect((tight.rows[1]?.top ?? 0) - (tight.rows[0]?.top ?? 0) - (tight.rows[0]?.height ?? 0)).toBe(60);
  });

  it("many lines come closer before they need more room than there is, and no closer than letters are high", () => {
    const fit = fitted([words(120), words(120)], 900);
    const lines = fit.flows[0]?.lines ?? 0;
    expect(lines).toBeGreaterThan(3);
    const wide = placeRows(fit, 1000, 60, 0);
    expect(wide.lead).toBe(33);
    const tight = placeRows(fit, wide.height - 260, 60, 0);
    expect(tight.lead).toBeLessThan(33);
    expect(tight.height).toBeLessThanOrEqual(wide.height - 260);
    expect(placeRows(fit, 50, 60, 0).lead).toBe(21);
  });

  it("a text from right to left is mirrored", () => {
    const { flows, size } = fitted([words(3)], 1000);
    const { rows, lead } = placeRows({ flows, size }, 200, 0, 0);
    const [first, last] = [flows[0]?.tokens[0], flows[0]?.tokens[2]];
    if (!first || !last || !rows[0]) throw new Error("no tokens");
    expect(tokenBox(first, rows[0], lead, size, 1000).left).toBeGreaterThan(
      tokenBox(last, rows[0], lead, size, 1000).left,
    );
    expect(tokenBox(first, rows[0], lead, size, null).left).toBe(0);
  });
});
