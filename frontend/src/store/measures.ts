/** The measures of all steps of one tag: of each head, sample, layer, or measure of a slice. */

import { checked } from "../wire/checked";
import { arrayOf, type Frame, FrameError } from "../wire/frame";
import type { Shape } from "../wire/shape";
import { indexUpTo } from "./steps";

export interface Measures {
  /** Rising. */
  steps: number[];
  names: string[];
  /** Heads of all layers in order, samples, or layers. */
  rows: number;
  /** Paths of the rows that are layers, else none. */
  layers: string[];
  /** Of an evaluation: of each row, which measure of which slice it is. */
  cells?: { slices: string[]; measures: string[] };
  /** float32 [steps, rows, names], NaN where there was nothing to measure. */
  values: Float32Array;
}

interface MeasuresHeader {
  names: string[];
  layers: string[];
  slices: string[];
  measures: string[];
}

const NAMES = { list: "string" } as const;
const MEASURES_HEADER: Shape<MeasuresHeader> = {
  fields: { names: NAMES, layers: NAMES, slices: NAMES, measures: NAMES },
  later: ["layers", "slices", "measures"],
};

export function readMeasures(frame: Frame): Measures {
  const { shape, data } = arrayOf(frame, "values", Float32Array);
  const steps = Array.from(arrayOf(frame, "steps", BigInt64Array).data, Number);
  const { names, layers, slices, measures } = checked(MEASURES_HEADER, frame.header);
  const [stepCount, rows, nameCount] = shape;
  if (stepCount !== steps.length || rows === undefined || nameCount !== names.length) {
    throw new FrameError(`Measures of shape [${shape}] for ${steps.length} steps and the names ${String(names)}.`);
  }
  if (slices.length !== measures.length || (slices.length > 0 && slices.length !== rows)) {
    throw new FrameError(
      `${rows} measures of ${slices.length} slices and ${measures.length} names; expected as many of each.`,
    );
  }
  const cells = slices.length > 0 ? { cells: { slices, measures } } : {};
  return { steps, names, rows, layers, ...cells, values: data };
}

/** Returns one measure of one row at every step, NaN where it is unknown; null if there is none such. */
export function measureLine(measures: Measures, row: number, measure: string): Float32Array | null {
  const name = measures.names.indexOf(measure);
  if (name < 0 || row >= measures.rows) return null;
  return Float32Array.from(measures.steps, (_, step) => valueAt(measures, step, row, name));
}

/** Returns the measures of one row at one step by name; those that are unknown are left out. */
export function measuresAt(measures: Measures, step: number, row: number): [name: string, value: number][] {
  const values = rowAt(measures, step, row);
  if (!values) return [];
  return measures.names
    .map((name, column): [string, number] => [name, values[column] as number])
    .filter(([, value]) => !Number.isNaN(value));
}

/** Returns the least and the largest value of a measure over all rows and steps, with 0 and 1 among them, so that shares keep their scale. */
export function rangeOf({ names, values }: Measures, measure: string): [least: number, most: number] {
  const column = names.indexOf(measure);
  let [least, most] = [0, 1];
  for (let at = column; column >= 0 && at < values.length; at += names.length) {
    const value = values[at] as number;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}

/** Returns all measures of one row at one step, in the order of their names; null where there are none. */
export function rowAt(measures: Measures, step: number, row: number): Float32Array | null {
  const index = indexUpTo(measures.steps, step);
  if (measures.steps[index] !== step || row >= measures.rows) return null;
  const from = (index * measures.rows + row) * measures.names.length;
  return measures.values.subarray(from, from + measures.names.length);
}

/** Returns the names of those that say something of some row at some step. */
export function namesWithValues({ names, values }: Measures): string[] {
  return names.filter((_, column) => {
    for (let at = column; at < values.length; at += names.length) if (!Number.isNaN(values[at])) return true;
    return false;
  });
}

function valueAt(measures: Measures, step: number, row: number, name: number): number {
  return measures.values[(step * measures.rows + row) * measures.names.length + name] ?? Number.NaN;
}
