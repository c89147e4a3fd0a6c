import type { TextLayout } from "../types";
import { type StripView, tokenMiddle } from "./strip";
import { type ColouredRibbon, opacityOf } from "./textScene";

export interface RibbonCanvas {
  width: number;
  height: number;
  ratio: number;
  /** columns: the ribbons run from left to right; lines: from top to bottom. */
  layout: TextLayout;
}

/** Where the ends of a ribbon are, as indices into what is shown; null where an end is hidden. */
export type Ends = (ribbon: ColouredRibbon) => { query: number | null; key: number | null };

export function paintRibbons(
  canvas: HTMLCanvasElement,
  { width, height, ratio, layout }: RibbonCanvas,
  ribbons: ColouredRibbon[],
  ends: Ends,
  queries: StripView,
  keys: StripView,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  context.scale(ratio, ratio);
  const across = layout === "columns" ? width : height;
  for (const ribbon of ribbons) {
    const { query, key } = ends(ribbon);
    if (query === null || key === null) continue;
    const [from, to] = [tokenMiddle(queries, query), tokenMiddle(keys, key)];
    context.beginPath();
    if (layout === "columns") {
      context.moveTo(0, from);
      context.bezierCurveTo(across / 2, from, across / 2, to, across, to);
    } else {
      context.moveTo(from, 0);
      context.bezierCurveTo(from, across / 2, to, across / 2, to, across);
    }
    const opacity = opacityOf(ribbon.weight);
    context.globalAlpha = opacity;
    context.lineWidth = 1 + opacity;
    context.strokeStyle = ribbon.colour;
    context.stroke();
  }
}
