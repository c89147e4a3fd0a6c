/** What a picture is made of, in CSS pixels from its corner: plain data, read from the page and written as SVG. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Colours are written as CSS does. */
export type Piece =
  | { kind: "box"; box: Box; fill: Fill | null; stroke: Stroke | null; radius: number }
  | { kind: "line"; from: [x: number, y: number]; to: [x: number, y: number]; stroke: Stroke }
  | { kind: "text"; x: number; baseline: number; text: string; isRightToLeft: boolean; colour: string; font: Font }
  /** Pixels, as a data address. `isCells`: whether they are cells with edges rather than a photograph. */
  | { kind: "image"; box: Box; address: string; isCells: boolean }
  /** A drawing that is SVG in the page, its styles in its attributes. */
  | { kind: "drawing"; markup: string }
  | { kind: "group"; pieces: readonly Piece[]; clip: Box | null; transform: string | null; opacity: number };

/** One colour, or several from the left to the right, each with its place from 0 to 1. */
export type Fill = string | readonly { at: number; colour: string }[];

export interface Stroke {
  colour: string;
  width: number;
  style: "solid" | "dotted" | "dashed";
}

export interface Font {
  family: string;
  /** Pixels. */
  size: number;
  weight: string;
  style: string;
}

export interface Picture {
  width: number;
  height: number;
  /** Colour of the ground. */
  paper: string;
  pieces: readonly Piece[];
}
