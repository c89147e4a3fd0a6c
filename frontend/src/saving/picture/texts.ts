/** The texts of the page as lines, each where the browser put it. */

import { boxOf } from "./boxes";
import type { Box, Font, Piece } from "./pieces";
import { fontOf, strokeOf } from "./styles";

type Origin = { left: number; top: number };

/** A text of one line, and the room that it takes. */
export interface Line {
  piece: Piece;
  extent: Box;
}

/** Returns the lines of a text node. `right`: where they are cut, with three points; null where they are not. */
export function linesOf(node: Text, style: CSSStyleDeclaration, origin: Origin, right: number | null): Line[] {
  const font = fontOf(style);
  return stretchesOf(node).flatMap(({ start, end }) => {
    const isRightToLeft = style.direction === "rtl";
    const shown = right === null ? { end, more: "" } : fitting(node, start, end, right, font);
    const box = rectOf(node, start, shown.end);
    if (box === null) return [];
    const text = spaced(node.data.slice(start, shown.end), style.whiteSpace) + shown.more;
    const extent = boxOf(box, origin);
    return [lineOf(text, extent, isRightToLeft, style.color, font)];
  });
}

export function lineOf(text: string, extent: Box, isRightToLeft: boolean, colour: string, font: Font): Line {
  const { ascent, descent } = metricsOf(font);
  const baseline = extent.top + (extent.height - ascent - descent) / 2 + ascent;
  const x = isRightToLeft ? extent.left + extent.width : extent.left;
  return { piece: { kind: "text", x, baseline, text, isRightToLeft, colour, font }, extent };
}

/** Returns the lines under, through or over a text. */
export function decorationsOf(style: CSSStyleDeclaration, { left, top, width, height }: Box): Piece[] {
  const line = style.textDecorationLine;
  const given = Number.parseFloat(style.textDecorationThickness);
  const stroke = strokeOf(`${given || 1}px`, style.textDecorationStyle, style.textDecorationColor);
  if (!stroke || !/underline|line-through/.test(line)) return [];
  const y = line.includes("underline") ? top + height - stroke.width / 2 : top + 0.55 * height;
  return [{ kind: "line", from: [left, y], to: [left + width, y], stroke }];
}

/** Returns the parts of a text that stand in one line each, without the space around them. */
function stretchesOf(node: Text): { start: number; end: number }[] {
  const text = node.data;
  const found: { start: number; end: number; top: number }[] = [];
  const whole = rects(node, 0, text.length);
  const isOneLine = whole.every(({ top, height }) => Math.abs(top - (whole[0]?.top ?? 0)) < height / 2);
  if (isOneLine) found.push({ start: 0, end: text.length, top: 0 });
  else
    for (let at = 0; at < text.length; ) {
      const next = at + String.fromCodePoint(text.codePointAt(at) ?? 0).length;
      const rect = rects(node, at, next).find(({ width }) => width > 0);
      const last = found.at(-1);
      if (rect && last && Math.abs(rect.top - last.top) < rect.height / 2) last.end = next;
      else if (rect) found.push({ start: at, end: next, top: rect.top });
      at = next;
    }
  return found.flatMap(({ start, end }) => {
    const line = text.slice(start, end);
    const from = start + line.length - line.trimStart().length;
    return line.trim() === "" ? [] : [{ start: from, end: from + line.trim().length }];
  });
}

/** Returns how much of a line there is room for, and what stands for the rest. */
function fitting(node: Text, start: number, end: number, right: number, font: Font): { end: number; more: string } {
  const whole = rectOf(node, start, end);
  if (whole === null || whole.left + whole.width <= right + 0.5) return { end, more: "" };
  const more = "…";
  const room = right - metricsOf(font).more;
  let last = start;
  for (let at = start; at < end; ) {
    at += String.fromCodePoint(node.data.codePointAt(at) ?? 0).length;
    const rect = rectOf(node, start, at);
    if (rect && rect.left + rect.width > room) break;
    last = at;
  }
  return { end: Math.max(last, start + 1), more };
}

/** Returns a text with the space that is seen of it. */
function spaced(text: string, whiteSpace: string): string {
  return /^(pre|break-spaces)/.test(whiteSpace) ? text.replace(/[\n\r]+/g, " ") : text.replace(/\s+/g, " ");
}

function rects(node: Text, start: number, end: number): DOMRect[] {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  return [...range.getClientRects()];
}

function rectOf(node: Text, start: number, end: number): Box | null {
  const some = rects(node, start, end).filter(({ width }) => width > 0);
  if (some.length === 0) return null;
  const left = Math.min(...some.map((rect) => rect.left));
  const top = Math.min(...some.map((rect) => rect.top));
  const [right, bottom] = [Math.max(...some.map((rect) => rect.right)), Math.max(...some.map((rect) => rect.bottom))];
  return { left, top, width: right - left, height: bottom - top };
}

interface Metrics {
  ascent: number;
  descent: number;
  /** How wide three points are. */
  more: number;
}

const known = new Map<string, Metrics>();

function metricsOf({ family, size, weight, style }: Font): Metrics {
  const font = `${style} ${weight} ${size}px ${family}`;
  const found = known.get(font);
  if (found) return found;
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return { ascent: 0.9 * size, descent: 0.25 * size, more: size };
  context.font = font;
  const measured = context.measureText("…");
  const metrics = {
    ascent: measured.fontBoundingBoxAscent,
    descent: measured.fontBoundingBoxDescent,
    more: measured.width,
  };
  known.set(font, metrics);
  return metrics;
}
