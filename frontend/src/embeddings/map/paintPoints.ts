/** Paints words as points on two sheets: all of them faint, and above those that matter with rings, trails and labels. */

import { INKS, type Theme } from "../../draw/inks";
import { LABEL_FONT } from "../../tokens/labels";
import { LABEL_HEIGHT, type PlacedLabel } from "./placeLabels";

export interface Trail {
  /** The way so far: [x, y, x, y, ...] in CSS pixels, NaN where it is not known. */
  places: ArrayLike<number>;
  colour: string;
}

export interface Sheet {
  /** CSS pixels. */
  width: number;
  height: number;
  /** Device pixels in one of them. */
  ratio: number;
  /** Where the points are: [x, y, x, y, ...] in CSS pixels. */
  points: ArrayLike<number>;
  palette: readonly string[];
  /** By point: index of its colour, -1 where it has none; null where none has. */
  levels: ArrayLike<number> | null;
}

export interface Marks extends Sheet {
  /** Points to ring. */
  ringed: readonly number[];
  chosen: number;
  hovered: number;
  trails: readonly Trail[];
  labels: readonly PlacedLabel[];
  textOf(point: number): string;
}

const WHOLE = 2 * Math.PI;

const RADIUS = 2.1;

/** Paints all points; where there are very many, fainter. */
export function paintPoints(context: CanvasRenderingContext2D, sheet: Sheet, theme: Theme): void {
  const { width, height, points, palette, levels } = sheet;
  clear(context, sheet);
  const plain = INKS[theme][levels ? "ink3" : "ink2"];
  // Many points on top of each other are darker than few, but a few can be seen.
  context.globalAlpha = points.length > 8000 ? 0.4 : 0.75;
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] as number, points[at + 1] as number];
    if (!(x >= -RADIUS && y >= -RADIUS && x <= width + RADIUS && y <= height + RADIUS)) continue;
    context.fillStyle = palette[levels?.[at / 2] ?? -1] ?? plain;
    context.beginPath();
    context.arc(x, y, RADIUS, 0, WHOLE);
    context.fill();
  }
}

/** Paints what matters above them: apart, since it changes with every move of the pointer. */
export function paintMarks(context: CanvasRenderingContext2D, picture: Marks, theme: Theme): void {
  const { points } = picture;
  const inks = INKS[theme];
  clear(context, picture);

  for (const { places, colour } of picture.trails) paintTrail(context, places, colour);

  const circle = (point: number, radius: number) => {
    context.beginPath();
    context.arc(points[2 * point] as number, points[2 * point + 1] as number, radius, 0, WHOLE);
  };
  const mark = (point: number, radius: number, ring: string, lineWidth: number) => {
    context.fillStyle = picture.palette[picture.levels?.[point] ?? -1] ?? inks.paper;
    context.strokeStyle = ring;
    context.lineWidth = lineWidth;
    circle(point, radius);
    context.fill();
    context.stroke();
  };
  for (const point of picture.ringed) mark(point, 4.5, inks.ink, 1.5);
  if (picture.chosen >= 0) mark(picture.chosen, 6, inks.aFill, 2.5);
  if (picture.hovered >= 0 && picture.hovered !== picture.chosen) mark(picture.hovered, 5.5, inks.ink, 2.5);

  context.font = LABEL_FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = inks.paper;
  const marked = new Set([picture.hovered, ...picture.ringed]);
  for (const { point, left, top } of picture.labels) {
    const text = picture.textOf(point);
    context.fillStyle = point === picture.chosen ? inks.a : marked.has(point) ? inks.ink : inks.ink2;
    context.strokeText(text, left, top + LABEL_HEIGHT / 2);
    context.fillText(text, left, top + LABEL_HEIGHT / 2);
  }
}

function clear(context: CanvasRenderingContext2D, { width, height, ratio }: Sheet): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, height);
}

/** The older, the fainter; a dot where it is now. */
function paintTrail(context: CanvasRenderingContext2D, places: ArrayLike<number>, colour: string): void {
  const count = places.length / 2;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5;
  for (let at = 1; at < count; at++) {
    context.globalAlpha = 0.25 + (0.75 * at) / count;
    context.beginPath();
    context.moveTo(places[2 * at - 2] as number, places[2 * at - 1] as number);
    context.lineTo(places[2 * at] as number, places[2 * at + 1] as number);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(places[2 * count - 2] as number, places[2 * count - 1] as number, 4, 0, WHOLE);
  context.fill();
}
