/** Colours as numbers, and the colours of heads and runs. Scales are in `scales.ts`, the page's own inks in `inks.ts`. */

import { INKS, type Theme } from "./inks";

/** The ground that the scales start from. */
export const PAPER: Record<Theme, string> = { light: INKS.light.paper, dark: INKS.dark.paper };

export type Rgb = [number, number, number];

/** Packed as ImageData stores pixels on a little-endian machine: 0xAABBGGRR. */
export function pack([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

export function parseHex(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}

function toLinear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function fromLinear(channel: number): number {
  const c = channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, c)));
}

/** Oklab (Ottosson 2020): equal distances look equally far. */
export function toOklab(rgb: Rgb): [number, number, number] {
  const [r, g, b] = rgb.map(toLinear) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The nearest colour that a screen has. */
export function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Okabe and Ito's eight colours that people with any colour vision tell apart. */
export const OKABE_ITO = {
  black: "#000000",
  orange: "#e69f00",
  skyBlue: "#56b4e9",
  green: "#009e73",
  yellow: "#f0e442",
  blue: "#0072b2",
  vermillion: "#d55e00",
  purple: "#cc79a7",
} as const;

type Name = keyof typeof OKABE_ITO;

/** Those that stand out best come first. */
const ORDER: Record<Theme, Name[]> = {
  light: ["blue", "vermillion", "green", "purple", "orange", "skyBlue", "black", "yellow"],
  dark: ["skyBlue", "orange", "green", "purple", "yellow", "vermillion", "black", "blue"],
};

/** Contrast ratio of WCAG 2. */
export function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * toLinear(r) + 0.7152 * toLinear(g) + 0.0722 * toLinear(b);
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// On white more would make yellow look like orange to people who do not see red or green.
const LEAST_CONTRAST: Record<Theme, number> = { light: 1.7, dark: 3 };

/**
 * One colour per head: Okabe and Ito's, black turned to white on dark paper, and yellow darkened on light paper and blue
 * lightened on dark as far as they must be to be seen. From the ninth head on they repeat, which is why heads are always labelled too.
 */
export function headColours(heads: number, theme: Theme): string[] {
  return coloursOf(ORDER[theme], heads, theme);
}

/** Those that look like the accent, which what is chosen has. */
const LIKE_ACCENT: readonly Name[] = ["orange", "vermillion"];

/** One colour per pin beside what is chosen: those of heads without the ones that look like the accent. They repeat after the sixth. */
export function pinColours(pins: number, theme: Theme): string[] {
  return coloursOf(
    ORDER[theme].filter((name) => !LIKE_ACCENT.includes(name)),
    pins,
    theme,
  );
}

function coloursOf(names: readonly Name[], count: number, theme: Theme): string[] {
  const palette = names.map((name) => {
    if (theme === "dark" && name === "black") return css([255, 255, 255]);
    let colour = parseHex(OKABE_ITO[name]);
    let [lightness, a, b] = toOklab(colour);
    while (contrast(colour, parseHex(PAPER[theme])) < LEAST_CONTRAST[theme]) {
      lightness += theme === "light" ? -0.01 : 0.01;
      colour = fromOklab(lightness, a, b);
    }
    return css(colour);
  });
  return Array.from({ length: count }, (_, at) => palette[at % palette.length] as string);
}

/**
 * Returns a colour by run. It follows from the name, so that a run keeps it wherever it is listed, and only where another has it already
 * is the next one taken; they repeat after the eighth, which is why runs are always named too.
 */
export function runColours(runs: readonly string[], theme: Theme): ReadonlyMap<string, string> {
  const colours = headColours(ORDER[theme].length, theme);
  const taken = new Array<number>(colours.length).fill(0);
  return new Map(
    [...runs].sort().map((run) => {
      const wish = hashOf(run) % colours.length;
      const least = Math.min(...taken);
      let index = wish;
      while ((taken[index] as number) > least) index = (index + 1) % colours.length;
      taken[index] = (taken[index] as number) + 1;
      return [run, colours[index] as string];
    }),
  );
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
