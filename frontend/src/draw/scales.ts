/** Scales from numbers to colours, even to the eye: all in Oklab, all from the paper. */

import { contrast, fromOklab, PAPER, parseHex, type Rgb, toOklab } from "./colour";
import type { Theme } from "./inks";

const radians = (degrees: number) => (degrees / 180) * Math.PI;
const colour = (lightness: number, chroma: number, hue: number): Rgb =>
  fromOklab(lightness, chroma * Math.cos(radians(hue)), chroma * Math.sin(radians(hue)));
const paperLightness = (theme: Theme) => toOklab(parseHex(PAPER[theme]))[0];

const BLUE = 252;
const SEQUENTIAL_END: Record<Theme, number> = { light: 0.27, dark: 0.96 };

/** 256 colours of one hue from the paper to the ink, in equal steps of lightness. */
export function sequentialScale(theme: Theme): Rgb[] {
  const near = paperLightness(theme);
  return Array.from({ length: 256 }, (_, level) => {
    const t = level / 255;
    return colour(near + t * (SEQUENTIAL_END[theme] - near), 0.13 * Math.sin(Math.PI * t ** 0.8) + 0.03 * t, BLUE);
  });
}

/** Hues of B and A, which also are those of less and more than nothing. */
const PURPLE = 300;
const ORANGE = 52;
const DIVERGING_END: Record<Theme, number> = { light: 0.42, dark: 0.86 };

/** The levels on each side of the paper in a diverging scale. */
export const DIVERGING_LEVELS = 255;

/** Colours from -1, at 0, to 1, at `2 * DIVERGING_LEVELS`: purple (less, or B leads), paper, orange (more, or A leads). */
export function divergingScale(theme: Theme): Rgb[] {
  const near = paperLightness(theme);
  return Array.from({ length: 2 * DIVERGING_LEVELS + 1 }, (_, index) => {
    const t = index / DIVERGING_LEVELS - 1;
    const u = Math.abs(t);
    return colour(near + u * (DIVERGING_END[theme] - near), 0.15 * u ** 0.75, t > 0 ? ORANGE : PURPLE);
  });
}

/** 256 colours of a column of labels, from red through grey to blue. */
export function metadataScale(theme: Theme): Rgb[] {
  return Array.from({ length: 256 }, (_, level) => {
    const t = (level / 255 - 0.5) * 2;
    const u = Math.min(1, Math.abs(t) * 1.08);
    return colour(theme === "dark" ? 0.6 + u * 0.22 : 0.72 - u * 0.22, 0.015 + 0.15 * u, t > 0 ? 250 : 14);
  });
}

const PROBABILITY_DEPTH: Record<Theme, number> = { light: -0.16, dark: 0.2 };

/** Grounds of text, in equal steps of lightness from what is certain, the paper, to what is not; ink is readable on all. */
export function probabilityShades(count: number, theme: Theme): Rgb[] {
  const near = paperLightness(theme);
  return Array.from({ length: count }, (_, shade) => {
    const t = count > 1 ? shade / (count - 1) : 0;
    return colour(near + t * PROBABILITY_DEPTH[theme], 0.05 * t, 250);
  });
}

/** Stripes for cells that are not finite: grey, so that no weight looks like it. */
export const HATCH: Record<Theme, [Rgb, Rgb]> = {
  light: [
    [150, 150, 150],
    [228, 228, 228],
  ],
  dark: [
    [150, 150, 150],
    [78, 78, 78],
  ],
};

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** What text on a coloured ground is written in: black or white, whichever can be read better. */
export function inkOn(ground: Rgb): Rgb {
  return contrast(ground, BLACK) >= contrast(ground, WHITE) ? BLACK : WHITE;
}
