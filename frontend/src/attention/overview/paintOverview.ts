import { sparkline, stepX } from "../../draw/sparkline";
import { type CellGrid, type Palette, type PixelAxis, paintCells } from "../paint";
import type { Thumbnail } from "../record/matrix";
import type { OverviewRow } from "../types";
import { LINE_HEIGHT, type RowLayout } from "./overviewLayout";

/** Colours of everything but the weights. */
export interface Inks {
  rule: string;
  line: string;
  ink: string;
}

/** Paints all heads of one layer, thumbnails above lines, onto one canvas. */
export function paintRow(
  canvas: HTMLCanvasElement,
  row: OverviewRow,
  layout: RowLayout,
  ratio: number,
  palette: Palette,
  inks: Inks,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = Math.max(1, Math.round(row.thumbnails.length * layout.pitch * ratio));
  canvas.height = Math.round(layout.height * ratio);
  row.thumbnails.forEach((thumbnail, head) => {
    const left = Math.round(head * layout.pitch * ratio);
    const width = Math.round(layout.thumbnail.width * ratio);
    const height = Math.round(layout.thumbnail.height * ratio);
    if (thumbnail !== null) context.putImageData(thumbnailImage(context, thumbnail, width, height, palette), left, 0);
    context.strokeStyle = inks.rule;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, 0.5, width - 1, height - 1);

    const values = row.lines[head];
    if (!values) return;
    context.save();
    context.scale(ratio, ratio);
    context.translate(head * layout.pitch, layout.lineTop);
    strokeLine(context, values, layout.pitch - 10, row.stepIndex, inks);
    context.restore();
  });
}

function thumbnailImage(
  context: CanvasRenderingContext2D,
  { rows, columns, levels }: Thumbnail,
  width: number,
  height: number,
  palette: Palette,
): ImageData {
  const image = context.createImageData(width, height);
  const grid: CellGrid = {
    rows,
    columns,
    stride: columns,
    levels,
    invalid: null,
    rowOf: null,
    columnOf: null,
    gain: null,
  };
  const axis = (length: number, cells: number): PixelAxis => ({ length, start: 0, step: cells / length });
  paintCells(grid, axis(width, columns), axis(height, rows), palette, new Uint32Array(image.data.buffer));
  return image;
}

const DOT = 2;

function strokeLine(
  context: CanvasRenderingContext2D,
  values: Float32Array,
  width: number,
  stepIndex: number,
  inks: Inks,
): void {
  const height = LINE_HEIGHT - 2 * DOT;
  context.translate(DOT, DOT);
  context.strokeStyle = inks.rule;
  context.lineWidth = 1;
  context.strokeRect(0, height, width, 0);

  const points = sparkline(values, width, height);
  context.beginPath();
  let pen = "up";
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (Number.isNaN(x)) pen = "up";
    else if (pen === "up") context.moveTo(x, y);
    else context.lineTo(x, y);
    if (!Number.isNaN(x)) pen = "down";
  }
  context.strokeStyle = inks.line;
  context.stroke();

  const value = values[stepIndex];
  if (value === undefined || Number.isNaN(value)) return;
  context.beginPath();
  context.arc(stepX(stepIndex, values.length, width), height * (1 - value), DOT, 0, 2 * Math.PI);
  context.fillStyle = inks.ink;
  context.fill();
}
