/** Colours of the drawing. They are given to every element by itself, so that an exported drawing needs no style sheet. */

import { css, OKABE_ITO, PAPER, parseHex, type Rgb } from "../../draw/colour";
import { INKS, type Inks, type Theme } from "../../draw/inks";
import { divergingScale, inkOn, sequentialScale } from "../../draw/scales";
import type { EdgeKind, LayerRole } from "../types";
import { placeOn, type Scale } from "../values";

export interface Palette {
  theme: Theme;
  paper: string;
  ink: string;
  quiet: string;
  rule: string;
  accent: string;
  /** Ground of boxes without a role, and of what no number is known of. */
  plain: string;
  roles: Record<LayerRole, string>;
}

const base = ({ ink, ink2, aFill, hover }: Inks, rule: string) => ({
  ink,
  quiet: ink2,
  rule,
  accent: aFill,
  plain: hover,
});
// Lines of a drawing are darker than the rules of the page.
const BASE = { light: base(INKS.light, "#b9bcc1"), dark: base(INKS.dark, "#6b6e72") };
const HUES: Record<Exclude<LayerRole, "">, string> = {
  encoder: OKABE_ITO.skyBlue,
  decoder: OKABE_ITO.orange,
  attention: OKABE_ITO.purple,
  embedding: OKABE_ITO.green,
  output: OKABE_ITO.yellow,
};
/** Of lines, by what they stand for. */
export const DASHES: Record<EdgeKind, string | undefined> = { data: undefined, state: "6 3", mask: "0.5 3.5" };
export const FAMILY =
  "Roboto, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif";
/** How much of a hue is in the tint of its role. */
const TINT: Record<Theme, number> = { light: 0.24, dark: 0.3 };
export function paletteOf(theme: Theme): Palette {
  const paper = parseHex(PAPER[theme]);
  const tint = (hex: string) => css(mixed(paper, parseHex(hex), TINT[theme]));
  return {
    theme,
    paper: PAPER[theme],
    ...BASE[theme],
    roles: {
      "": BASE[theme].plain,
      encoder: tint(HUES.encoder),
      decoder: tint(HUES.decoder),
      attention: tint(HUES.attention),
      embedding: tint(HUES.embedding),
      output: tint(HUES.output),
    },
  };
}

const sequential: Record<Theme, Rgb[]> = { light: sequentialScale("light"), dark: sequentialScale("dark") };
const diverging: Record<Theme, Rgb[]> = { light: divergingScale("light"), dark: divergingScale("dark") };

/** Returns the colour of a value; null for what is no number. */
export function rgbOf(scale: Scale, value: number, theme: Theme): Rgb | null {
  const place = placeOn(scale, value);
  if (Number.isNaN(place)) return null;
  const colours = (scale.kind === "signed" ? diverging : sequential)[theme];
  return colours[Math.round(place * (colours.length - 1))] as Rgb;
}

/** Returns the colour of a value and that of text on it; null for what is no number. */
export function colourOf(scale: Scale, value: number, theme: Theme): { fill: string; text: string } | null {
  const fill = rgbOf(scale, value, theme);
  return fill && { fill: css(fill), text: css(inkOn(fill)) };
}

function mixed(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((channel, at) => Math.round(channel + share * ((other[at] as number) - channel))) as Rgb;
}
