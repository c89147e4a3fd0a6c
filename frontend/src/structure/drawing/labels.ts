/** Texts of the drawing, made to fit. */

import { cutMiddle } from "../../tokens/cutMiddle";
import type { TextWidth } from "../../tokens/labels";
import type { StructureTensor } from "../../wire/schema.gen";
import { phrases } from "../language";
import type { Labels } from "../place";

/** What may stand on a line. */
export interface LabelText {
  text: string;
  /** The same without words. */
  short: string;
  /** Room for it. */
  width: number;
}

/** On both sides of the text of a line. */
export const LABEL_MARGIN = 4;

const BETWEEN = " × ";

/** Returns as much of what may stand on a line as there is room for, in letters `scale` times as large. */
export function fittingLabel({ text, short, width }: LabelText, scale: number, widthOf: TextWidth): string {
  const room = (width - 2 * LABEL_MARGIN) / scale;
  return scale === 1 || widthOf(text) <= room ? text : cutMiddle(short, room, widthOf);
}

/** Returns a shape in words, such as "batch × time 12 × features 64". */
export function shapeText(
  { shape, axes }: Pick<StructureTensor, "shape" | "axes">,
  labels: Labels | "short" = "axes",
): string {
  if (shape.length === 0) return phrases.SCALAR;
  const sizes = shape.map((size, index) => {
    const axis = labels === "short" ? "" : (axes[index] ?? "");
    if (size < 0) return axis || "?";
    return labels === "axes" && axis ? `${axis} ${size}` : String(size);
  });
  return sizes.join(BETWEEN);
}

/** Returns what stands on a line: the shape of its tensors, or how many there are. */
export function lineText(tensors: readonly StructureTensor[], labels: Labels | "short"): string {
  if (labels === "none") return "";
  const shapes = new Set(tensors.map((tensor) => shapeText(tensor, labels)));
  const [shape] = shapes;
  if (shape === undefined || shapes.size > 1) return phrases.tensorCount(tensors.length);
  return tensors.length > 1 ? `${shape}, ${phrases.tensorCount(tensors.length)}` : shape;
}
