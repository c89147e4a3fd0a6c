/** Colours of the drawing. They are given to every element by itself, so that an exported drawing needs no style sheet. */

import { colourScale, contrast, css, OKABE_ITO, PAPER, parseHex, type Rgb, type Theme } from "../../draw/colour";
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

const BASE: Record<Theme, Pick<Palette, "ink" | "quiet" | "rule" | "accent" | "plain">> = {
  light: { ink: "#1f2124", quiet: "#5c6166", rule: "#b9bcc1", accent: "#e65100", plain: "#f3f4f5" },
  dark: { ink: "#f1f1f1", quiet: "#b9bcc0", rule: "#6b6e72", accent: "#ffab60", plain: "#3c3d3f" },
};
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
const SIGNED: Record<Theme, [Rgb, Rgb]> = {
  light: [parseHex("#8c3b00"), parseHex("#00456e")],
  dark: [parseHex("#ffb27a"), parseHex("#8fd0f5")],
};

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

/** On every colour one of the two can be read. */
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

const scales: Record<Theme, Rgb[]> = { light: colourScale("light"), dark: colourScale("dark") };

/** Returns the colour of a value and that of text on it; null for what is no number. */
export function colourOf(scale: Scale, value: number, theme: Theme): { fill: string; text: string } | null {
  const index = placeOn(scale, value);
  if (Number.isNaN(index)) return null;
  const fill = scale.kind === "signed" ? signedColour(index, theme) : (scales[theme][Math.round(index * 255)] as Rgb);
  return { fill: css(fill), text: css(contrast(fill, BLACK) >= contrast(fill, WHITE) ? BLACK : WHITE) };
}

function signedColour(index: number, theme: Theme): Rgb {
  const [negative, positive] = SIGNED[theme];
  return mixed(parseHex(PAPER[theme]), index < 0.5 ? negative : positive, Math.abs(2 * index - 1));
}

function mixed(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((channel, at) => Math.round(channel + share * ((other[at] as number) - channel))) as Rgb;
}
