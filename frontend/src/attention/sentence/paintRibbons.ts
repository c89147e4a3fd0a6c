import type { Ribbon } from "./scene";

/** Where a ribbon begins and ends, in CSS pixels; null where an end is hidden. */
export type Ends = { x1: number; y1: number; x2: number; y2: number } | null;

export interface DrawnRibbon {
  ribbon: Ribbon;
  ends: Ends;
}

const BEND = 0.55;

/** Paints ribbons from word to word. `plainColour`: of all, where the user's own colours are forced; null: each in its own. */
export function paintRibbons(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number; ratio: number },
  ribbons: readonly DrawnRibbon[],
  plainColour: string | null,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = Math.max(1, Math.round(size.width * size.ratio));
  canvas.height = Math.max(1, Math.round(size.height * size.ratio));
  context.scale(size.ratio, size.ratio);
  context.lineCap = "round";
  for (const { ribbon, ends } of ribbons) {
    if (!ends) continue;
    const { x1, y1, x2, y2 } = ends;
    const bend = BEND * (y2 - y1);
    context.beginPath();
    context.moveTo(x1, y1);
    context.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
    context.globalAlpha = ribbon.opacity;
    context.lineWidth = ribbon.width;
    context.strokeStyle = plainColour ?? ribbon.colour;
    context.stroke();
  }
}
