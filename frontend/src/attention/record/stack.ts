/** Which layers a rollout goes through: those that one after the other attend from tokens to the same tokens. */

import { FrameError } from "../../wire/frame";
import type { AttentionHeader, LayerHeader, LeftOut } from "../../wire/schema.gen";

/** Weights of a rollout that is worked out before it is asked for. */
const MOST_AHEAD = 2 ** 22;

export interface Stack {
  /** Indices into `header.layers`, in the order of the forward pass, the one in question last. */
  layers: readonly number[];
  /** Whether the record says that it has all of them. */
  isWhole: boolean;
  /** Whether the record says that each of them is computed from the one before. */
  isInSeries: boolean;
  /** Whether that queries and keys are the same tokens is told from their number alone. */
  isGuess: boolean;
  /** How many queries and keys each has. */
  tokens: number;
  /** Whether they have so many weights that it is not worked out before it is asked for. */
  isLarge: boolean;
}

/** Why there is no rollout up to a layer: its queries and keys are others, or layers are not there as the model used them, or not in series. */
export type NoStack =
  | { why: "other tokens" }
  | { why: "pooled" | "left out" | "side by side"; layers: readonly string[] };

/** Returns what a rollout up to a layer is made of; the same as in `records/attention/rollout.py`. */
export function stackOf(header: AttentionHeader, layer: number): Stack | NoStack {
  const top = header.layers[layer];
  if (!top || !isOfOne(header, top)) return { why: "other tokens" };
  const reads = isKnown(header) ? (index: number) => allRead(header.reads, index) : null;
  const reached = reads?.(layer);
  const below = header.layers.filter(
    (each, index) =>
      firstCall(each) <= firstCall(top) && each.role === top.role && (each === top || reached?.has(index) !== false),
  );
  const isPooled = ({ pooled, queries }: LayerHeader) => {
    const [block] = pooled;
    // Where the strongest weights are kept, queries are those of the model.
    return block !== undefined && (queries === top.queries || queries === Math.ceil(top.queries / block));
  };
  const pooled = top.pooled.length > 0 ? [top] : below.filter(isPooled);
  if (pooled.length > 0) return { why: "pooled", layers: pooled.map(({ path }) => path) };
  const [pass] = header.passes;
  const missing = (pass?.left_out ?? []).filter((each) => isMissing(each, top));
  if (missing.length > 0) return { why: "left out", layers: missing.map(({ path }) => path) };
  const own = below.filter((each) => isOfOne(header, each) && isLike(each, top));
  const layers = own.map((each) => header.layers.indexOf(each));
  const beside = layers.findIndex((each, at) => at > 0 && reads?.(each).has(layers[at - 1] as number) === false);
  if (beside > 0) return { why: "side by side", layers: own.slice(beside - 1, beside + 1).map(({ path }) => path) };
  return {
    layers,
    isWhole: pass !== undefined,
    isInSeries: reads !== null || layers.length === 1,
    isGuess: top.role === "other" && namesOf(header, top).some((names) => names === null),
    tokens: top.queries,
    isLarge: own.reduce((sum, { heads, queries, keys }) => sum + heads * queries * keys, 0) > MOST_AHEAD,
  };
}

/** Whether it is said which layers are computed from which. Throws a FrameError where that cannot be. */
function isKnown({ layers, reads }: AttentionHeader): boolean {
  const isOther = (other: number, index: number) => other !== index && layers[other] !== undefined;
  const isSound =
    reads.length === layers.length && reads.every((own, index) => own.every((other) => isOther(other, index)));
  if (reads.length > 0 && !isSound)
    throw new FrameError(`Of ${layers.length} layers it is said that they are computed from ${reads}; that cannot be.`);
  return reads.length > 0;
}

/** Returns the layers that one is computed from, also through others; `reads` as `AttentionHeader` has it. */
function allRead(reads: AttentionHeader["reads"], layer: number): ReadonlySet<number> {
  const found = new Set<number>();
  const left = [layer];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const other of reads[next] ?? []) {
      if (other === layer || found.has(other)) continue;
      found.add(other);
      left.push(other);
    }
  }
  return found;
}

function firstCall({ calls }: LayerHeader): number {
  return calls[0] ?? 0;
}

/** Whether queries and keys are, or may be, the same tokens; the same as `may_be_same` in `records/attention/along.py`. */
function isOfOne(header: AttentionHeader, layer: LayerHeader): boolean {
  const { role, queries, keys, apart } = layer;
  if (queries !== keys || role === "cross") return false;
  if (role !== "other") return true;
  const [asking, asked] = namesOf(header, layer);
  return !apart && (!asking || !asked || asking.join("\n") === asked.join("\n"));
}

/** Returns the tokens along queries and keys, null where these are mere positions. */
function namesOf({ axes }: AttentionHeader, { query_axis, key_axis }: LayerHeader): (readonly string[] | null)[] {
  return [query_axis, key_axis].map((axis) => {
    const tokens = axes[axis] ?? [];
    return tokens.every((token, place) => token === String(place)) ? null : tokens;
  });
}

function isLike(one: LayerHeader, top: LayerHeader): boolean {
  return one.queries === top.queries && one.query_axis === top.query_axis;
}

function isMissing({ role, queries, keys, after }: LeftOut, top: LayerHeader): boolean {
  return role === top.role && queries === top.queries && keys === top.queries && after <= firstCall(top);
}
