/** The measures of all heads at all steps of one tag, and what they say about where to look first. */

import type { Measure } from "../store/place";
import { arrayOf, type Frame, FrameError } from "../wire/frame";
import type { AttentionHeader } from "../wire/schema.gen";
import { firstHeadOf } from "./layers";

export interface Measures {
  /** Rising. */
  steps: number[];
  names: string[];
  heads: number;
  /** float32 [steps, heads, names], between 0 and 1, NaN where a head had no finite weights. */
  values: Float32Array;
}

export function readMeasures(frame: Frame): Measures {
  const { shape, data } = arrayOf(frame, "values", Float32Array);
  const steps = Array.from(arrayOf(frame, "steps", BigInt64Array).data, Number);
  const names = (frame.header as { names?: unknown } | undefined)?.names;
  const [stepCount, heads, nameCount] = shape;
  if (!Array.isArray(names) || stepCount !== steps.length || heads === undefined || nameCount !== names.length) {
    throw new FrameError(`Measures of shape [${shape}] for ${steps.length} steps and the names ${String(names)}.`);
  }
  return { steps, names, heads, values: data };
}

/** Returns one measure of one head at every step, NaN where it is unknown; null if there is none such. */
export function measureLine(measures: Measures, head: number, measure: Measure): Float32Array | null {
  const name = measures.names.indexOf(measure);
  if (name < 0 || head >= measures.heads) return null;
  return Float32Array.from(measures.steps, (_, step) => valueAt(measures, step, head, name));
}

/** Returns the measures of one head at one step by name; those that are unknown are left out. */
export function measuresAt(measures: Measures, step: number, head: number): [name: string, value: number][] {
  const index = measures.steps.indexOf(step);
  if (index < 0 || head >= measures.heads) return [];
  return measures.names
    .map((name, column): [string, number] => [name, valueAt(measures, index, head, column)])
    .filter(([, value]) => !Number.isNaN(value));
}

export interface Focus {
  layer: number;
  head: number;
}

/** A head that puts more than this on the first key has nothing else to do. */
const IDLE_WEIGHT_ON_FIRST = 0.6;

/**
 * Returns the head with the most structure: in cross attention if there is some, the one whose rows look at the fewest
 * keys, without those that only look at the first.
 */
export function chooseFocus(header: AttentionHeader, measures: Measures | null, step: number): Focus {
  const layers = header.layers.map((_, index) => index);
  const wide = layers.filter((index) => (header.layers[index]?.keys ?? 0) > 1);
  const cross = wide.filter((index) => header.layers[index]?.role === "cross");
  const candidates = [cross, wide, layers].find((some) => some.length > 0) ?? [];
  let best: Focus = { layer: candidates[0] ?? -1, head: 0 };
  let lowest = Number.POSITIVE_INFINITY;
  for (const layer of candidates) {
    const offset = firstHeadOf(header, layer);
    for (let head = 0; head < (header.layers[layer]?.heads ?? 0); head++) {
      const known = new Map(measures ? measuresAt(measures, step, offset + head) : []);
      const isIdle = (known.get("first") ?? 0) > IDLE_WEIGHT_ON_FIRST;
      const entropy = (known.get("entropy") ?? Number.POSITIVE_INFINITY) + (isIdle ? 1 : 0);
      if (entropy < lowest) {
        lowest = entropy;
        best = { layer, head };
      }
    }
  }
  return best;
}

function valueAt(measures: Measures, step: number, head: number, name: number): number {
  return measures.values[(step * measures.heads + head) * measures.names.length + name] ?? Number.NaN;
}
