/** What of two records can be compared where their tokens differ. */

import { placesIn } from "../tokens/alignment";
import { isPadding } from "../tokens/tokens";
import type { LayerHeader } from "../wire/schema.gen";
import { phrases } from "./language";
import { layerKey, tokensAlong } from "./record/layers";
import type { HeadMatrix } from "./record/matrix";
import type { LoadedRecord } from "./record/record";
import type { Differing } from "./types";
import { boundOf } from "./weights";

export interface Comparison {
  /** "whole": the same tokens. "part": those that both have. "apart": too little of both to be compared. */
  extent: "whole" | "part" | "apart";
  /** B, in the places of A but for what is "apart": what it has not is not a number. */
  second: LoadedRecord;
  /** The places of A that B has, too; null: all. */
  queries: ReadonlySet<number> | null;
  keys: ReadonlySet<number> | null;
  differing: readonly Differing[];
}

/** Says what of A and B is not compared. */
export function notCompared({ extent, second, differing }: Comparison, layer: LayerHeader): string[] {
  const layerB = second.header.layers[second.layer] ?? layer;
  const isOther = layerKey(layerB) !== layerKey(layer);
  const said = isOther ? [phrases.otherLayer(layerKey(layer), layerKey(layerB))] : [];
  if (extent === "apart") return [...said, phrases.apart(differing)];
  const told = differing.filter(({ onlyA, onlyB }) => onlyA.length + onlyB.length > 0);
  return told.length > 0 ? [...said, phrases.comparedInPart(told)] : said;
}

/** Of the tokens of the shorter text so many must be those of the other. */
const LEAST_COMMON = 0.5;

/** Returns how B stands beside A, both with the layer in focus. */
export function compare(first: LoadedRecord, second: LoadedRecord): Comparison {
  const [a, b] = [tokensOf(first), tokensOf(second)];
  const whole = { second, queries: null, keys: null, differing: [] };
  if (areSame(a.queries, b.queries) && areSame(a.keys, b.keys)) return { ...whole, extent: "whole" };
  const queries = placesIn(a.queries, b.queries);
  const keys = placesIn(a.keys, b.keys);
  const sides = [
    { axis: a.query_axis, a: a.queries, b: b.queries, places: queries },
    { axis: a.key_axis, a: a.keys, b: b.keys, places: keys },
  ];
  const differing = sides
    .filter(({ a, b }) => !areSame(a, b))
    .map((side) => differingOf(side))
    .filter(({ axis }, at, all) => at === 0 || axis === "" || axis !== all[0]?.axis);
  const isLittle = differing.some(({ common, ofA, ofB }) => common < LEAST_COMMON * Math.min(ofA, ofB) || common === 0);
  if (!queries || !keys || isLittle) return { ...whole, extent: "apart", differing };
  const matrices = [...second.matrices].map(([head, matrix]) => [head, inPlaces(matrix, queries, keys)] as const);
  return {
    extent: "part",
    second: { ...second, matrices: new Map(matrices) },
    queries: placed(queries),
    keys: placed(keys),
    differing,
  };
}

/** Returns the weights of B in the places of A. */
export function inPlaces(matrix: HeadMatrix, queries: Int32Array, keys: Int32Array): HeadMatrix {
  const cells = queries.length * keys.length;
  const [levels, invalid] = [new Uint8Array(cells), new Uint8Array(cells).fill(1)];
  const negative = matrix.negative ? new Uint8Array(cells) : null;
  const known = matrix.known ? new Uint8Array(cells).fill(1) : null;
  const scale = Float32Array.from(queries, (place) => matrix.scale[place] ?? 0);
  queries.forEach((query, row) => {
    for (let column = 0; query >= 0 && column < keys.length; column++) {
      const key = keys[column] as number;
      if (key < 0) continue;
      const [from, to] = [query * matrix.keys + key, row * keys.length + column];
      levels[to] = matrix.levels[from] as number;
      invalid[to] = matrix.invalid?.[from] ?? 0;
      if (negative) negative[to] = matrix.negative?.[from] ?? 0;
      if (known) known[to] = matrix.known?.[from] ?? 1;
    }
  });
  const { blocks } = matrix;
  const sides = { queries: queries.length, keys: keys.length };
  return { ...sides, levels, scale, invalid, negative, known, ...(blocks && { blocks }), bound: boundOf(matrix) };
}

function tokensOf({ header, layer }: LoadedRecord) {
  const { query_axis = "", key_axis = "", queries = 0, keys = 0 } = header.layers[layer] ?? {};
  return {
    query_axis,
    key_axis,
    queries: tokensAlong(header, query_axis, queries),
    keys: tokensAlong(header, key_axis, keys),
  };
}

interface Side {
  axis: string;
  a: readonly string[];
  b: readonly string[];
  places: Int32Array | null;
}

function differingOf({ axis, a, b, places }: Side): Differing {
  const isContent = (token: string) => !isPadding(token);
  const inB = new Set(places);
  const onlyA = a.filter((token, at) => (places?.[at] ?? -1) < 0 && isContent(token));
  const onlyB = b.filter((token, at) => !inB.has(at) && isContent(token));
  const [ofA, ofB] = [a.filter(isContent).length, b.filter(isContent).length];
  return { axis, common: ofA - onlyA.length, ofA, ofB, onlyA, onlyB };
}

function placed(places: Int32Array): Set<number> {
  return new Set([...places.keys()].filter((at) => (places[at] as number) >= 0));
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((token, at) => token === b[at]);
}
