/** One layer at one step as arrays with names, for NumPy and as JSON, or the rollout up to it. */

import type { Measures } from "../store/measures";
import { rowAt } from "../store/measures";
import { float32, float32Bytes, int64, type NpyArray, npy, texts } from "../wire/npy";
import type { AttentionHeader } from "../wire/schema.gen";
import { zip } from "../wire/zip";
import { timeAxis } from "./naming";
import { firstHeadOf, timeOf, tokensAlong } from "./record/layers";
import type { HeadMatrix } from "./record/matrix";
import { boundOf, isKnown, LEVEL_SHARES, weightAt } from "./weights";

export interface LayerData {
  run: string;
  tag: string;
  step: number;
  header: AttentionHeader;
  /** Index of the layer in the header. */
  layer: number;
  /** Of the run; null where there are none. */
  measures: Measures | null;
  /** Paths of what a rollout is made of, where it is that up to the layer instead of its heads; empty where it is not. */
  rolled: readonly string[];
  /** Returns a head of the layer; the rollout as its only one. */
  head(index: number): Promise<HeadMatrix>;
}

/**
 * Returns the layer as .npz: `weights` float32 [heads, queries, keys], `bound` float32 [heads], by how much they may differ from the true
 * ones, of layers of which not all weights are kept `known` uint8 [heads, queries, keys], 0 where the weight is at most that, `query_tokens`, `key_tokens`, where they are time `query_unit`, `key_unit` and when each begins, `measures` float32 [heads, measures] with `measure_names`, and what they are of, as single values. Of a rollout `rollout` float32
 * [queries, keys], `bound` float32 [] and the paths of its `layers`, instead of weights and measures.
 */
export function npzOf(data: LayerData): Promise<Blob> {
  const { heads, queries, keys } = layerOf(data);
  const bounds: number[] = [];
  const isKept = layerOf(data).strongest.length === 0;
  async function* known(): AsyncGenerator<Uint8Array> {
    for (let head = 0; head < heads; head++)
      yield (await data.head(head)).known ?? new Uint8Array(queries * keys).fill(1);
  }
  async function* weights(): AsyncGenerator<Uint8Array> {
    for (let head = 0; head < heads; head++) {
      const matrix = await data.head(head);
      bounds.push(boundOf(matrix));
      for (let query = 0; query < queries; query++) yield float32Bytes(rowOf(matrix, query));
    }
  }
  // Known once all heads have been read.
  async function* bound(): AsyncGenerator<Uint8Array> {
    yield float32Bytes(bounds);
  }
  const { axes, single, measured } = aboutOf(data);
  const ofHeads = data.rolled.length > 0 ? [] : [heads];
  const arrays: Record<string, NpyArray> = {
    [nameOf(data)]: { descr: "<f4", shape: [...ofHeads, queries, keys], bytes: weights() },
    ...(isKept ? {} : { known: { descr: "|u1", shape: [heads, queries, keys], bytes: known() } }),
    bound: { descr: "<f4", shape: ofHeads, bytes: bound() },
    query_tokens: texts([queries], axes.query_tokens),
    key_tokens: texts([keys], axes.key_tokens),
    ...(measured.layers
      ? { layers: texts([measured.layers.length], measured.layers) }
      : {
          measure_names: texts([measured.measure_names.length], measured.measure_names),
          measures: float32([heads, measured.measure_names.length], measured.measures.flat()),
        }),
    ...Object.fromEntries(
      Object.entries(single).map(([name, value]) => [
        name,
        typeof value === "number" ? int64([], [value]) : texts([], [value]),
      ]),
    ),
  };
  return zip(Object.entries(arrays).map(([name, array]) => ({ name: `${name}.npy`, bytes: npy(array) })));
}

/** Returns the same as JSON, in which what is no finite number is null, and `known` has the keys of each query whose weights are. */
export async function jsonOf(data: LayerData): Promise<Blob> {
  const { heads, queries, strongest } = layerOf(data);
  const { axes, single, measured } = aboutOf(data);
  const about = JSON.stringify({ ...single, ...axes, ...measured }, (_, value) => plain(value));
  const isRolled = data.rolled.length > 0;
  const parts: string[] = [about.slice(0, -1), `,\n"${nameOf(data)}":${isRolled ? "" : "["}`];
  const bounds: number[] = [];
  const known: (number[] | null)[][] = [];
  for (let head = 0; head < heads; head++) {
    const matrix = await data.head(head);
    bounds.push(boundOf(matrix));
    if (strongest.length > 0) known.push(Array.from({ length: queries }, (_, query) => knownKeys(matrix, query)));
    parts.push(head === 0 ? "\n[" : ",\n[");
    for (let query = 0; query < queries; query++) parts.push(query === 0 ? "[" : ",\n[", rowText(matrix, query), "]");
    parts.push("]");
  }
  const keys = strongest.length > 0 ? `"known":${JSON.stringify(known)},\n` : "";
  parts.push(`${isRolled ? "" : "]"},\n${keys}"bound":${JSON.stringify(isRolled ? bounds[0] : bounds)}}\n`);
  return new Blob(parts, { type: "application/json" });
}

function layerOf({ header, layer, rolled }: LayerData) {
  const found = header.layers[layer];
  if (!found) throw new Error(`The record has ${header.layers.length} layers, and none of number ${layer}.`);
  return rolled.length > 0 ? { ...found, heads: 1, strongest: [], notes: [] } : found;
}

function nameOf({ rolled }: LayerData): "rollout" | "weights" {
  return rolled.length > 0 ? "rollout" : "weights";
}

function aboutOf(data: LayerData) {
  const { run, tag, step, header, layer: index, measures } = data;
  const layer = layerOf(data);
  const { path, call, query_axis, key_axis, heads, queries, keys } = layer;
  const total = firstHeadOf(header, header.layers.length);
  // Measures of another number of heads are those of other layers.
  const known = measures?.rows === total ? measures : null;
  const measure_names = known?.names ?? [];
  const first = firstHeadOf(header, index);
  const unknown = measure_names.map(() => Number.NaN);
  return {
    single: {
      run,
      tag,
      step,
      layer: path,
      call,
      query_axis,
      key_axis,
      query_unit: timeOf(header, query_axis)?.unit ?? "",
      key_unit: timeOf(header, key_axis)?.unit ?? "",
      notes: layer.notes.join("\n"),
    },
    axes: {
      query_tokens: namesAlong(header, query_axis, queries),
      key_tokens: namesAlong(header, key_axis, keys),
    },
    measured:
      data.rolled.length > 0
        ? { layers: data.rolled }
        : {
            measure_names,
            measures: Array.from({ length: heads }, (_, head) => {
              const row = known && rowAt(known, step, first + head);
              return row ? Array.from(row) : unknown;
            }),
          },
  };
}

/** Returns the tokens of an axis; where it is time, when each begins. */
function namesAlong(header: AttentionHeader, axis: string, count: number): string[] {
  const time = timeOf(header, axis);
  return time ? timeAxis(time, count).tokens : tokensAlong(header, axis, count);
}

function rowOf(matrix: HeadMatrix, query: number): Float32Array {
  return Float32Array.from({ length: matrix.keys }, (_, key) => weightAt(matrix, query, key));
}

/** Returns the keys of a query whose weights are known; null: all. */
function knownKeys(matrix: HeadMatrix, query: number): number[] | null {
  const keys = Array.from({ length: matrix.keys }, (_, key) => key).filter((key) => isKnown(matrix, query, key));
  return keys.length === matrix.keys ? null : keys;
}

/** So many digits say all that the stored levels do. */
const DIGITS = 7;

/** Returns the weights of a query; each level is spelled once, for there are no more than 256. */
function rowText(matrix: HeadMatrix, query: number): string {
  const { keys, levels, scale, invalid, negative } = matrix;
  const spelled: string[] = [];
  const largest = scale[query] ?? 0;
  const texts = Array.from({ length: keys }, (_, key) => {
    const cell = query * keys + key;
    if (invalid?.[cell]) return "null";
    const level = levels[cell] ?? 0;
    spelled[level] ??= String(Number((largest * (LEVEL_SHARES[level] as number)).toPrecision(DIGITS)));
    return negative?.[cell] && level > 0 ? `-${spelled[level]}` : (spelled[level] as string);
  });
  return texts.join(",");
}

function plain(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
