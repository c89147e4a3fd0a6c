/** Curves and confusion matrices of one record. */

import { checked } from "../../wire/checked";
import { arrayOf, type Frame, wholeNumbers } from "../../wire/frame";
import type { EvaluationHeader } from "../../wire/schema.gen";
import { evaluationHeader } from "../../wire/shapes/evaluation.gen";

export interface Curve {
  by: string;
  measure: string;
  slice: string;
  mode: string;
  x: Float32Array;
  /** NaN where there is nothing to measure. */
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;
  count: ArrayLike<number>;
}

/** What lies along the curve that is the reliability diagram. */
export const CONFIDENCE = "confidence";

export function readHeader(frame: Frame): EvaluationHeader {
  return checked(evaluationHeader, frame.header);
}

export function curvesOf(header: EvaluationHeader, frame: Frame): Curve[] {
  return header.curves.map((curve, place) => {
    const x = arrayOf(frame, `${place}.x`, Float32Array, [null]).data;
    const points = [x.length];
    const read = (name: string) => arrayOf(frame, `${place}.${name}`, Float32Array, points).data;
    return {
      ...curve,
      x,
      value: read("value"),
      low: read("low"),
      high: read("high"),
      count: wholeNumbers(frame, `${place}.count`, points).data,
    };
  });
}

/** What is of each class, and what it was taken for. */
export interface Matrix {
  slice: string;
  /** Row by row. */
  counts: ArrayLike<number>;
}

/** Returns the confusion matrix of a slice, of one without its own that of the first; null where there is none. */
export function matrixOf(header: EvaluationHeader, frame: Frame, wish: string, classes: number): Matrix | null {
  const slice = header.confusion.includes(wish) ? wish : header.confusion[0];
  if (slice === undefined) return null;
  const name = `confusion.${header.confusion.indexOf(slice)}`;
  return { slice, counts: wholeNumbers(frame, name, [classes, classes]).data };
}
