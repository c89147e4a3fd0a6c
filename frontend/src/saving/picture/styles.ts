/** What computed styles say, as parts of pictures. */

import type { Box, Fill, Font, Piece, Stroke } from "./pieces";

/** Whether a colour is to be seen. */
export function isSeen(colour: string): boolean {
  return !/^transparent$|^rgba\(.*,\s*0\)$|\/\s*0\)$/.test(colour);
}

export function fontOf(style: CSSStyleDeclaration): Font {
  const size = Number.parseFloat(style.fontSize);
  return { family: style.fontFamily, size, weight: style.fontWeight, style: style.fontStyle };
}

/** Returns a line of CSS as a stroke; null where there is none to be seen. */
export function strokeOf(width: string, style: string, colour: string): Stroke | null {
  const size = Number.parseFloat(width);
  if (!(size > 0) || style === "none" || style === "hidden" || !isSeen(colour)) return null;
  return { colour, width: size, style: style === "dotted" || style === "dashed" ? style : "solid" };
}

const COLOUR = /(rgba?\([^)]*\)|color\([^)]*\)|oklch\([^)]*\)|#\w+)(?:\s+([\d.]+)%)?/g;

/** Reads a gradient from the left to the right; null for images of any other kind. */
export function gradientOf(image: string): Fill | null {
  if (!image.startsWith("linear-gradient(to right") && !image.startsWith("linear-gradient(90deg")) return null;
  const stops = [...image.matchAll(COLOUR)];
  return stops.map(([, colour = "", at], index) => {
    return { colour, at: at === undefined ? index / Math.max(1, stops.length - 1) : Number(at) / 100 };
  });
}

/** A shadow that is a line around a box, as matrices have it. */
const RING = /^(.*\)) 0px 0px 0px ([\d.]+)px$/;

/** Returns the ground of an element, its borders, and what is around it. */
export function decorations(style: CSSStyleDeclaration, box: Box): Piece[] {
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  const pieces: Piece[] = [];
  const fill = gradientOf(style.backgroundImage) ?? (isSeen(style.backgroundColor) ? style.backgroundColor : null);
  if (fill !== null) pieces.push({ kind: "box", box, fill, stroke: null, radius });
  const ring = RING.exec(style.boxShadow);
  if (ring) pieces.push(...around(box, strokeOf(ring[2] ?? "", "solid", ring[1] ?? ""), 0, radius));
  const { borderTopWidth: width, borderTopStyle: line, borderTopColor: colour } = style;
  const whole = strokeOf(width, line, colour);
  const isAround = ["Left", "Right", "Bottom"].every((side) => {
    const of = (name: string) => style.getPropertyValue(`border-${side.toLowerCase()}-${name}`);
    return of("width") === width && of("style") === line && of("color") === colour;
  });
  if (isAround) pieces.push(...around(box, whole, whole ? -whole.width : 0, radius));
  else pieces.push(...sides(style, box));
  return pieces;
}

/** Returns the line that an outline is; it takes no room. */
export function outline(style: CSSStyleDeclaration, box: Box): Piece[] {
  const stroke = strokeOf(style.outlineWidth, style.outlineStyle, style.outlineColor);
  return around(box, stroke, Number.parseFloat(style.outlineOffset) || 0, 0);
}

/** `by`: how far outside of the box the line begins. */
function around({ left, top, width, height }: Box, stroke: Stroke | null, by: number, radius: number): Piece[] {
  if (stroke === null) return [];
  const out = by + stroke.width / 2;
  const box = { left: left - out, top: top - out, width: width + 2 * out, height: height + 2 * out };
  return box.width > 0 && box.height > 0 ? [{ kind: "box", box, fill: null, stroke, radius }] : [];
}

function sides(style: CSSStyleDeclaration, { left, top, width, height }: Box): Piece[] {
  const [right, bottom] = [left + width, top + height];
  const strokeAt = (side: string) => {
    const of = (name: string) => style.getPropertyValue(`border-${side}-${name}`);
    return strokeOf(of("width"), of("style"), of("color"));
  };
  const lines: Piece[] = [];
  const add = (side: string, lineAt: (half: number) => [[number, number], [number, number]]) => {
    const stroke = strokeAt(side);
    if (stroke === null) return;
    const [from, to] = lineAt(stroke.width / 2);
    lines.push({ kind: "line", from, to, stroke });
  };
  add("top", (half) => [
    [left, top + half],
    [right, top + half],
  ]);
  add("bottom", (half) => [
    [left, bottom - half],
    [right, bottom - half],
  ]);
  add("left", (half) => [
    [left + half, top],
    [left + half, bottom],
  ]);
  add("right", (half) => [
    [right - half, top],
    [right - half, bottom],
  ]);
  return lines;
}
