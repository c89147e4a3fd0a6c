import { type DisplayedToken, displayToken } from "./tokens";

/** The page's own; `--font` of the style sheet is the same. */
const FAMILY = 'Roboto, system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

export function fontOf(size: number): string {
  return `${size}px ${FAMILY}`;
}

/** Of labels of axes. */
export const LABEL_FONT = fontOf(11);

export interface Label extends DisplayedToken {
  /** CSS pixels. */
  width: number;
}

/** Width of a text in CSS pixels. */
export type TextWidth = (text: string) => number;

// A vocabulary repeats itself from step to step; beyond this many it is forgotten and measured anew.
const MOST_REMEMBERED = 50_000;

/** Displays and measures tokens of one font, each token once. */
export function createLabeller(widthOf: TextWidth): (token: string) => Label {
  const remembered = new Map<string, Label>();
  return (token) => {
    let label = remembered.get(token);
    if (label === undefined) {
      const displayed = displayToken(token);
      label = { ...displayed, width: widthOf(displayed.mark + displayed.text) };
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(token, label);
    }
    return label;
  };
}

/** Measures with the browser's own fonts. */
export function measureWith(font: string): TextWidth {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) throw new Error("This browser gives no 2D canvas; the page needs one to draw. Allow canvas.");
  context.font = font;
  return (text) => context.measureText(text).width;
}

/** Measures numbers by a digit, all of which are as wide in labels of axes: a long text has thousands of positions. */
export function withEvenDigits(widthOf: TextWidth): TextWidth {
  let digit = 0;
  return (text) => {
    if (!/^\d+$/.test(text)) return widthOf(text);
    digit ||= widthOf("0");
    return digit * text.length;
  };
}

export function widthsOf(tokens: string[], label: (token: string) => Label): number[] {
  return tokens.map((token) => label(token).width);
}

export function widest(widths: number[]): number {
  return widths.reduce((largest, width) => Math.max(largest, width), 0);
}
