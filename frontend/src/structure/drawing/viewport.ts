/** Which part of the drawing is in sight. */

import type { Size, Viewport, ZoomLimits } from "../../draw/viewport";
import { LEAST_READABLE } from "./reading";

const MARGIN = 12;
/** A small drawing in a large room is enlarged so far: its letters are then as large as those of a short sentence of the attention view. */
const MOST_FITTED_ZOOM = 2;
export const ZOOM_LIMITS: ZoomLimits = { least: 0.02, most: 3 };
/** At first texts can be read, even if that leaves part of the drawing out of sight: then all of them. */
const LEAST_FIRST_ZOOM = 0.6;
const FIRST_ZOOM_OF_PART = 0.8;

/** Returns the whole drawing. */
export function fitted(drawing: Size, room: Size): Viewport {
  const zoom = Math.min(MOST_FITTED_ZOOM, ...zooms(drawing, room));
  return { zoom: Math.max(ZOOM_LIMITS.least, zoom), x: drawing.width / 2, y: drawing.height / 2 };
}

/** Returns whether all of a drawing can be read at once. */
export function fills(drawing: Size, room: Size): boolean {
  return fitted(drawing, room).zoom >= LEAST_FIRST_ZOOM;
}

/** Returns what is seen at first: all of it where it can be read, else its upper end. */
export function atFirst(drawing: Size, room: Size): Viewport {
  const [across] = zooms(drawing, room) as [number, number];
  const whole = fitted(drawing, room).zoom;
  const part = Math.max(LEAST_FIRST_ZOOM, Math.min(FIRST_ZOOM_OF_PART, across));
  const zoom = whole >= LEAST_FIRST_ZOOM ? whole : part;
  const seen = room.height / zoom;
  const isWhole = drawing.height + (2 * MARGIN) / zoom <= seen;
  return { zoom, x: drawing.width / 2, y: isWhole ? drawing.height / 2 : seen / 2 - MARGIN / zoom };
}

/** Returns the viewport with a box in sight, moved only if it is not. */
export function revealing(viewport: Viewport, room: Size, box: { x: number; y: number } & Size): Viewport {
  const { zoom } = viewport;
  const along = (middle: number, length: number, from: number, size: number) => {
    const half = length / zoom / 2 - MARGIN / zoom;
    if (size > 2 * half) return from + half;
    return Math.max(from + size - half, Math.min(from + half, middle));
  };
  return {
    zoom,
    x: along(viewport.x, room.width, box.x, box.width),
    y: along(viewport.y, room.height, box.y, box.height),
  };
}

/** Returns the viewport with all of a box in sight, smaller where it can still be read then, or else the middle of its upper end. */
export function showing(viewport: Viewport, room: Size, box: { x: number; y: number } & Size): Viewport {
  const [across, down] = zooms(box, room) as [number, number];
  const readable = (zoom: number) => Math.min(viewport.zoom, Math.max(LEAST_READABLE, zoom));
  if (Math.min(across, down) >= readable(0))
    return revealing({ ...viewport, zoom: readable(Math.min(across, down)) }, room, box);
  const zoom = readable(across);
  return { ...revealing({ ...viewport, zoom }, room, box), x: box.x + box.width / 2 };
}

/** Returns whether the whole drawing is in sight. */
export function hasAll({ zoom, x, y }: Viewport, drawing: Size, room: Size): boolean {
  const isWithin = (middle: number, length: number, seen: number) =>
    middle - seen / 2 / zoom <= 0 && middle + seen / 2 / zoom >= length;
  return isWithin(x, drawing.width, room.width) && isWithin(y, drawing.height, room.height);
}

function zooms(drawing: Size, room: Size): number[] {
  return [
    (room.width - 2 * MARGIN) / Math.max(1, drawing.width),
    (room.height - 2 * MARGIN) / Math.max(1, drawing.height),
  ];
}
