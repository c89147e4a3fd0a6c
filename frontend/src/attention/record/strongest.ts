/** The strongest weights of each query beside the blocks of a layer: both as one matrix of the model's own queries and keys. */

import { type Frame, FrameError, wholeNumbers } from "../../wire/frame";
import type { AttentionHeader, LayerHeader } from "../../wire/schema.gen";
import { phrases } from "../language";
import { cutOut } from "./head";
import { holdsHead, storedSides } from "./layers";
import type { HeadMatrix } from "./matrix";

/** What is kept of one head: the weights of a query in the order of their places. */
export interface Kept {
  /** As a matrix of [queries, count]. */
  weights: HeadMatrix;
  /** How far each key is from the one before, the first from -1; 0 behind the last. */
  gaps: ArrayLike<number>;
  /** How many keys there are. */
  keys: number;
  /** Whether all weights on keys after the query's own place are 0. */
  isCausal: boolean;
}

/** Returns a record's header with the layers in their own queries and keys. */
export function inItsOwnSides(header: AttentionHeader): AttentionHeader {
  return { ...header, layers: header.layers.map(layerInItsOwnSides) };
}

/** Weights of a head that are spread out; of larger ones the blocks are shown. */
const MOST_SPREAD = 2 ** 26;

/**
 * Returns a layer of which the strongest weights are kept with the queries and keys of the model instead of those of its blocks; without
 * them where that is too large to be drawn.
 */
export function layerInItsOwnSides(layer: LayerHeader, index: number): LayerHeader {
  const [kept, ...others] = layer.strongest;
  if (!kept) return layer;
  const { queries, keys, count, query_axis, key_axis, held, least_held, causal, parts } = kept;
  const whole = { ...layer, queries, keys, query_axis, key_axis };
  const stored = storedSides(whole);
  let next = 0;
  for (const part of parts) next = part.first_head === next && part.heads > 0 ? next + part.heads : Number.NaN;
  const isSound =
    others.length === 0 &&
    layer.pooled.length === 2 &&
    Math.min(...layer.pooled, count) >= 1 &&
    (!causal || queries === keys) &&
    stored.queries === layer.queries &&
    stored.keys === layer.keys &&
    [next, held.length, least_held.length].every((heads) => heads === layer.heads);
  if (!isSound)
    throw new FrameError(
      `Layer ${index} keeps the strongest of ${queries} × ${keys} weights of ${next} heads beside blocks of ${layer.pooled}; that cannot be.`,
    );
  return queries * keys <= MOST_SPREAD ? whole : { ...layer, strongest: [] };
}

/** Returns one head of a layer from what is stored of its blocks, and the blob that holds its strongest weights. */
export function wholeOf(
  blocks: HeadMatrix,
  { pooled, strongest: [kept] }: LayerHeader,
  layer: number,
  head: number,
  blobs: ReadonlyMap<number, Frame>,
): HeadMatrix {
  const part = kept?.parts.find((candidate) => holdsHead(candidate, head));
  const frame = part && blobs.get(part.blob);
  if (!kept || !part || !frame) throw new FrameError(`The record names no blob of strongest weights for head ${head}.`);
  const { queries, keys, count, causal } = kept;
  const gaps = wholeNumbers(frame, `${layer}.strongest_gaps`, [part.heads, queries, count]).data;
  const first = (head - part.first_head) * queries * count;
  return spread(blocks, pooled, {
    weights: cutOut(frame, part, head, { queries, keys: count }, `${layer}.strongest`, `${layer}.strongest_`),
    gaps: gaps.subarray(first, first + queries * count),
    keys,
    isCausal: causal,
  });
}

/**
 * Returns the head with the weights that are kept in their places and elsewhere the most that they can be: the strongest of the block, and no
 * more than the least that is kept of the query.
 *
 * Args:
 *     blocks: of which the strongest weight is known.
 *     sides: queries and keys of a block.
 *
 * Cells are spread once they are asked for: of records that are only fetched ahead they are not.
 */
export function spread(blocks: HeadMatrix, sides: readonly number[], kept: Kept): HeadMatrix {
  const { keys } = kept;
  const queries = kept.weights.queries;
  const places = placesOf(kept);
  const [tall = 1, wide = 1] = sides;
  const scale = kept.weights.scale.map((own, query) => own || (blocks.scale[Math.floor(query / tall)] ?? 0));
  let spreadOut: Spread | null = null;
  const cells = () => {
    spreadOut ??= spreadOver({ blocks, kept, places, scale, tall, wide });
    return spreadOut;
  };
  return {
    queries,
    keys,
    scale,
    blocks: { queries: tall, keys: wide },
    get levels() {
      return cells().levels;
    },
    get known() {
      return cells().known;
    },
    get invalid() {
      return cells().invalid;
    },
    get negative() {
      return cells().negative;
    },
  };
}

/** Returns the place of each weight, -1 where there is none, int32 [queries, count]. */
function placesOf(kept: Kept): Int32Array {
  const { gaps } = kept;
  const { queries, keys: count } = kept.weights;
  const places = new Int32Array(queries * count).fill(-1);
  for (let query = 0; query < queries; query++) {
    const looksAt = countLookedAt(kept, query);
    let at = -1;
    let isOver = false;
    for (let cell = query * count; cell < (query + 1) * count; cell++) {
      const gap = gaps[cell] as number;
      at += gap;
      if (gap === 0) isOver = true;
      else if (isOver || at >= looksAt)
        throw new FrameError(
          `Places of strongest weights of query ${query} do not rise within ${looksAt} keys; that cannot be.`,
        );
      else places[cell] = at;
    }
  }
  return places;
}

/** Returns how many keys a query may look at, the first ones. */
function countLookedAt({ keys, isCausal }: Kept, query: number): number {
  return isCausal ? query + 1 : keys;
}

interface Spread {
  levels: Uint8Array;
  known: Uint8Array;
  invalid: Uint8Array | null;
  negative: Uint8Array | null;
}

interface Parts {
  blocks: HeadMatrix;
  kept: Kept;
  places: Int32Array;
  scale: Float32Array;
  tall: number;
  wide: number;
}

function spreadOver({ blocks, kept, places, scale, tall, wide }: Parts): Spread {
  const { keys } = kept;
  const { queries, keys: count, levels, invalid, negative } = kept.weights;
  const spread: Spread = {
    levels: new Uint8Array(queries * keys),
    known: new Uint8Array(queries * keys),
    invalid: invalid || blocks.invalid ? new Uint8Array(queries * keys) : null,
    negative: negative || blocks.negative ? new Uint8Array(queries * keys) : null,
  };
  for (let query = 0; query < queries; query++) {
    const [first, end, row] = [query * count, (query + 1) * count, query * keys];
    if (count < keys && (places[end - 1] as number) >= 0) {
      // What is not finite is kept first: where anything else is, the others are finite.
      let least = 255;
      for (let cell = first; cell < end; cell++) if (!invalid?.[cell]) least = Math.min(least, levels[cell] as number);
      const areFinite = least < 255 || !invalid?.subarray(first, end).every(Boolean);
      const blockRow = Math.floor(query / tall);
      const looksAt = countLookedAt(kept, query);
      spreadBlocks(spread, row, blocks, blockRow, wide, looksAt, scale[query] as number, least, areFinite);
      spread.known.fill(1, row + looksAt, row + keys);
    } else spread.known.fill(1, row, row + keys);
    for (let cell = first; cell < end; cell++) {
      const place = places[cell] as number;
      if (place < 0) break;
      spread.levels[row + place] = levels[cell] as number;
      spread.known[row + place] = 1;
      if (spread.invalid) spread.invalid[row + place] = invalid?.[cell] ?? 0;
      if (spread.negative) spread.negative[row + place] = negative?.[cell] ?? 0;
    }
  }
  return spread;
}

/** Writes into a row what its weights can be at most; what can only be 0 is known. */
function spreadBlocks(
  { levels, known, invalid, negative }: Spread,
  row: number,
  blocks: HeadMatrix,
  blockRow: number,
  wide: number,
  keys: number,
  scale: number,
  least: number,
  areFinite: boolean,
): void {
  // Levels are square roots.
  const gain = scale > 0 ? Math.sqrt((blocks.scale[blockRow] as number) / scale) : 0;
  // Blocks in a row that are at most as much are filled at once.
  let [start, before] = [row, 0];
  const fill = (end: number) => (before > 0 ? levels : known).fill(before || 1, start, end);
  for (let column = 0, from = row; from < row + keys; column++, from += wide) {
    const block = blockRow * blocks.keys + column;
    const isBroken = blocks.invalid?.[block] ?? 0;
    const most = isBroken ? least : Math.min(least, Math.ceil(gain * (blocks.levels[block] as number) - 1e-3));
    if (most !== before) {
      fill(from);
      [start, before] = [from, most];
    }
    const to = Math.min(row + keys, from + wide);
    if (isBroken && !areFinite) invalid?.fill(isBroken, from, to);
    if (blocks.negative?.[block]) negative?.fill(1, from, to);
  }
  fill(row + keys);
}

/** Says what is kept of some heads of a layer; "" where all is. */
export function keptOf({ strongest: [kept] }: LayerHeader, heads: readonly number[]): string {
  if (!kept) return "";
  const of = (shares: readonly number[]) => heads.map((head) => shares[head] ?? 0);
  const mean = of(kept.held).reduce((sum, share) => sum + share, 0) / Math.max(1, heads.length);
  return phrases.keptOf(kept.count, mean, Math.min(...of(kept.least_held)));
}
