/** What part of a drawing is in sight. */

/** The middle of what is in sight, in the units of the drawing, and how large it is drawn. */
export interface Viewport {
  /** CSS pixels for one unit. */
  zoom: number;
  x: number;
  y: number;
}

/** In CSS pixels, or in the units of a drawing. */
export interface Size {
  width: number;
  height: number;
}

export interface ZoomLimits {
  least: number;
  most: number;
}

/** Returns the viewport `by` times as large, with what is under `x`, `y` of the room, by default its middle, where it was. */
export function zoomed(
  viewport: Viewport,
  room: Size,
  { least, most }: ZoomLimits,
  by: number,
  x = room.width / 2,
  y = room.height / 2,
): Viewport {
  const zoom = Math.min(most, Math.max(least, viewport.zoom * by));
  const still = (middle: number, at: number, length: number) =>
    middle + (at - length / 2) * (1 / viewport.zoom - 1 / zoom);
  return { zoom, x: still(viewport.x, x, room.width), y: still(viewport.y, y, room.height) };
}

/** Returns the viewport moved by pixels of the screen, its middle always within the drawing. */
export function panned(
  { zoom, x, y }: Viewport,
  { left, top, width, height }: Size & { left: number; top: number },
  dx: number,
  dy: number,
): Viewport {
  const within = (middle: number, from: number, length: number) => Math.min(from + length, Math.max(from, middle));
  return { zoom, x: within(x - dx / zoom, left, width), y: within(y - dy / zoom, top, height) };
}
