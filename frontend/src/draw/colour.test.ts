import { describe, expect, test } from "vitest";
import { contrast, css, headColours, OKABE_ITO, PAPER, pack, parseHex, pinColours, type Rgb, toOklab } from "./colour";

import { INKS } from "./inks";

const THEMES = ["light", "dark"] as const;
const distance = (one: Rgb, other: Rgb) => {
  const [a, b] = [toOklab(one), toOklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};

test("pack is ImageData's byte order", () => {
  expect(Array.from(new Uint8Array(new Uint32Array([pack([1, 2, 3])]).buffer))).toEqual([1, 2, 3, 255]);
});

// Simulated after Machado, Oliveira and Fernandes (2009), severity 1, applied to linear light.
const DEFICIENCIES: Record<string, number[]> = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function seenBy(matrix: number[], colour: Rgb): Rgb {
  const linear = colour.map((channel) => (channel / 255) ** 2.2);
  return [0, 3, 6].map((row) => {
    const light = linear.reduce((sum, channel, i) => sum + channel * (matrix[row + i] as number), 0);
    return Math.round(255 * Math.min(1, Math.max(0, light)) ** (1 / 2.2));
  }) as Rgb;
}

describe.each(THEMES)("headColours, %s", (theme) => {
  const colours = headColours(8, theme).map((colour) => colour.match(/\d+/g)?.map(Number) as Rgb);

  test("stand out from the paper", () => {
    for (const colour of colours)
      expect(contrast(colour, parseHex(PAPER[theme]))).toBeGreaterThanOrEqual(theme === "light" ? 1.7 : 3);
  });

  test.each(Object.keys(DEFICIENCIES))("are told apart with %s vision", (deficiency) => {
    const seen = colours.map((colour) => seenBy(DEFICIENCIES[deficiency] as number[], colour));
    for (let i = 0; i < seen.length; i++) {
      for (let j = 0; j < i; j++) expect(distance(seen[i] as Rgb, seen[j] as Rgb)).toBeGreaterThan(0.05);
    }
  });

  test("repeat from the ninth on", () => {
    expect(headColours(10, theme)[8]).toBe(headColours(1, theme)[0]);
  });
});

test.each(THEMES)("pins look unlike the accent, which the chosen word has (%s)", (theme) => {
  const accent = parseHex(INKS[theme].aFill);
  const colours = pinColours(7, theme).map((colour) => colour.match(/\d+/g)?.map(Number) as Rgb);
  for (const colour of colours) expect(distance(colour, accent)).toBeGreaterThan(0.11);
  expect(colours[6]).toEqual(colours[0]);
});

test("colours that stand out already are Okabe and Ito's own", () => {
  expect(headColours(2, "light")).toEqual([css(parseHex(OKABE_ITO.blue)), css(parseHex(OKABE_ITO.vermillion))]);
  expect(headColours(2, "dark")).toEqual([css(parseHex(OKABE_ITO.skyBlue)), css(parseHex(OKABE_ITO.orange))]);
});
