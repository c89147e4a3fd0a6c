import { describe, expect, test } from "vitest";
import { contrast, PAPER, parseHex, type Rgb, toOklab } from "./colour";
import { INKS } from "./inks";
import {
  DIVERGING_LEVELS,
  divergingScale,
  HATCH,
  inkOn,
  metadataScale,
  probabilityShades,
  sequentialScale,
} from "./scales";

const THEMES = ["light", "dark"] as const;
const distance = (one: Rgb, other: Rgb) => {
  const [a, b] = [toOklab(one), toOklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};
const hueOf = (rgb: Rgb) => {
  const [, a, b] = toOklab(rgb);
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
};

describe.each(THEMES)("sequentialScale, %s", (theme) => {
  const scale = sequentialScale(theme);
  const paper = parseHex(PAPER[theme]);

  test("starts from the paper and ends far from it", () => {
    expect(scale).toHaveLength(256);
    expect(distance(scale[0] as Rgb, paper)).toBeLessThan(0.01);
    expect(contrast(scale[255] as Rgb, paper)).toBeGreaterThan(10);
  });

  test("is even in lightness, so it reads in greyscale and with any colour vision", () => {
    const lightness = scale.map((colour) => toOklab(colour)[0]);
    const step = ((lightness[255] as number) - (lightness[0] as number)) / 255;
    for (let level = 8; level < 256; level += 8) {
      const taken = (lightness[level] as number) - (lightness[level - 8] as number);
      expect(Math.abs(taken / (8 * step) - 1)).toBeLessThan(0.35);
    }
  });

  test("keeps to one hue", () => {
    for (let level = 32; level < 240; level += 16) expect(Math.abs(hueOf(scale[level] as Rgb) - 252)).toBeLessThan(17);
  });

  test("the hatch is no colour of the scale", () => {
    for (const stripe of HATCH[theme]) expect(Math.hypot(...toOklab(stripe).slice(1))).toBeLessThan(0.01);
    expect(distance(...HATCH[theme])).toBeGreaterThan(0.2);
  });
});

describe.each(THEMES)("divergingScale, %s", (theme) => {
  const scale = divergingScale(theme);
  const paper = parseHex(PAPER[theme]);

  test("has the paper in its middle and is as far from it at both ends", () => {
    expect(distance(scale[DIVERGING_LEVELS] as Rgb, paper)).toBeLessThan(0.01);
    const ends = [scale[0], scale[2 * DIVERGING_LEVELS]].map((end) => contrast(end as Rgb, paper));
    for (const end of ends) expect(end).toBeGreaterThan(theme === "light" ? 6.5 : 5.5);
    expect(Math.abs((ends[0] as number) - (ends[1] as number))).toBeLessThan(2);
  });

  test("is purple below and orange above, as B and A are", () => {
    const near = (hue: number, other: number) => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
    expect(near(hueOf(scale[60] as Rgb), 300)).toBeLessThan(15);
    expect(near(hueOf(scale[450] as Rgb), 52)).toBeLessThan(15);
    for (const [ink, hue] of [
      [INKS[theme].bFill, 300],
      [INKS[theme].aFill, 52],
    ] as const)
      expect(near(hueOf(parseHex(ink)), hue)).toBeLessThan(20);
  });
});

test.each(THEMES)("text can be read on every colour of every scale (%s)", (theme) => {
  for (const colour of [...sequentialScale(theme), ...divergingScale(theme), ...metadataScale(theme)])
    expect(contrast(colour, inkOn(colour))).toBeGreaterThan(4.5);
  const ink = parseHex(INKS[theme].ink);
  for (const shade of probabilityShades(9, theme))
    expect(contrast(shade, ink)).toBeGreaterThan(theme === "light" ? 9.5 : 5);
});
