/** One record as far as the page needs it: its header and the blobs of what is in sight. */

import type { Api, RecordAddress } from "../../host/api";
import { learn } from "../../language/catalogue";
import type { Measures } from "../../store/measures";
import { checked } from "../../wire/checked";
import { arrayOf, type Frame, FrameError } from "../../wire/frame";
import type { AttentionHeader, LayerHeader } from "../../wire/schema.gen";
import { attentionHeader } from "../../wire/shapes/attention.gen";
import { knowsWordless, loadWordless, wordlessOf } from "../wordless.svelte";
import { chooseFocus } from "./chooseFocus";
import { cutOut } from "./head";
import { blobsNeeded, findLayer, holdsHead, layerLike, storedSides } from "./layers";
import type { HeadMatrix, Thumbnail } from "./matrix";
import type { NoStack, Stack } from "./stack";
import { thumbnailOf } from "./thumbnail";

/** Of a record; of each there are at least a query and a key. */
const MOST_HEADS = 2 ** 16;

/** Which heads of which layer are wanted; null: the page chooses. */
export interface Wish {
  layer: string | null;
  /** Instead of a name: what is like a layer of another record. */
  like?: { header: AttentionHeader; layer: number };
  head: number | null;
  heads: readonly number[] | null;
  /** Whether the rollout up to the layer is wanted instead of its heads. */
  isRolled?: boolean;
}

let rolled: typeof import("./rolled") | null = null;

async function loadRolled(): Promise<typeof import("./rolled")> {
  const [module] = await Promise.all([import("./rolled"), learn("attention/details")]);
  rolled = module;
  return module;
}

/** Whether there is a rollout up to a layer. */
export function isStack(found: Stack | NoStack | null | undefined): found is Stack {
  return found != null && "isWhole" in found;
}

/** Whether the lengths of the values are known of all heads that are drawn. */
export function hasValues(record: Pick<LoadedRecord, "matrices"> | null): boolean {
  return record !== null && [...record.matrices.values()].every(({ valueNorms }) => valueNorms);
}

export interface LoadedRecord {
  address: RecordAddress;
  header: AttentionHeader;
  /** Of a record in words the header in tokens, of which stored thumbnails and measures are. */
  tokens?: AttentionHeader;
  /** The layer in focus, -1 if the record has none. */
  layer: number;
  /** The head in focus. */
  head: number;
  /** The wanted heads of the layer, `head` among them, rising. */
  heads: number[];
  /** Where the rollout is wanted: what `matrices` has instead of heads, or why they are heads all the same. */
  rollout?: Stack | NoStack;
  /** The weights of `heads`; of a rollout it, as the head in focus. */
  matrices: ReadonlyMap<number, HeadMatrix>;
  /** By layer and head; null where the record has none. */
  thumbnails: (Thumbnail | null)[][];
}

/** Returns the record if nothing of it needs a request. */
export function cachedRecord(
  api: Api,
  address: RecordAddress,
  wish: Wish,
  measures: Measures | null,
): LoadedRecord | null {
  const frame = api.cached({ ...address, index: 0 });
  if (!frame) return null;
  const read = readHeader(frame);
  if (!knowsWordless(read) || (wish.isRolled && !rolled)) return null;
  const header = inItsOwnSides(read);
  const focus = resolveWish(header, wish, measures, address.step);
  const rollout = focus.rollout ? rolled?.knownRollout(api, address, focus.rollout) : null;
  if (rollout === undefined) return null;
  const blobs = new Map<number, Frame>();
  for (const index of blobsNeeded(header, focus.layer, focus.heads)) {
    const blob = api.cached({ ...address, index });
    if (!blob) return null;
    blobs.set(index, blob);
  }
  return assemble(address, header, focus, blobs, rollout);
}

/** Fetches what is wanted of the record. */
export async function fetchRecord(
  api: Api,
  address: RecordAddress,
  wish: Wish,
  measures: Measures | null,
  signal: AbortSignal,
  priority: RequestPriority = "auto",
): Promise<LoadedRecord> {
  const read = readHeader(await api.blob({ ...address, index: 0 }, signal, priority));
  await Promise.all([loadWordless(read), wish.isRolled && loadRolled()]);
  const header = inItsOwnSides(read);
  const focus = resolveWish(header, wish, measures, address.step);
  const rolling = focus.rollout && rolled?.rollOut(api, address, header, focus.rollout, matrixOf, signal, priority);
  const needed = blobsNeeded(header, focus.layer, focus.heads);
  const frames = await Promise.all(needed.map((index) => api.blob({ ...address, index }, signal, priority)));
  const blobs = new Map(frames.map((frame, at) => [needed[at] as number, frame]));
  const rollout = (await rolling) ?? null;
  return assemble(address, header, focus, blobs, rollout);
}

/** Fetches a head of the layer in focus. */
export async function fetchHead(
  api: Api,
  { address, header, layer }: LoadedRecord,
  head: number,
  signal: AbortSignal,
): Promise<HeadMatrix> {
  const { parts = [], strongest = [] } = header.layers[layer] ?? {};
  const holding = [...parts, ...strongest.flatMap((one) => one.parts)].filter((part) => holdsHead(part, head));
  const frames = holding.map(async ({ blob }) => [blob, await api.blob({ ...address, index: blob }, signal)] as const);
  return matrixOf(header, new Map(await Promise.all(frames)), layer, head);
}

/** One head of one layer at some step: whole, or in small where it is large. */
export interface Still {
  header: AttentionHeader;
  layer: LayerHeader;
  matrix: HeadMatrix | null;
  thumbnail: Thumbnail | null;
}

/** Fetches one head of a record in the size in which a picture of it is drawn; null where the record has no such layer. */
export async function fetchStill(
  api: Api,
  address: RecordAddress,
  { layer: key, head, isWhole, isRolled }: { layer: string; head: number; isWhole: boolean; isRolled: boolean },
  signal: AbortSignal,
): Promise<Still | null> {
  const header = readHeader(await api.blob({ ...address, index: 0 }, signal, "low"));
  const index = findLayer(header, key);
  const layer = header.layers[index];
  if (!layer || head >= layer.heads) return null;
  if (isRolled) return (await loadRolled()).stillOf(api, address, header, index, matrixOf, signal);
  const isLarge = !isWhole && layer.thumbnail && header.overview >= 0;
  const blob = isLarge ? header.overview : layer.parts.find((part) => holdsHead(part, head))?.blob;
  if (blob === undefined) return null;
  const blobs = new Map([[blob, await api.blob({ ...address, index: blob }, signal, "low")]]);
  return {
    header,
    layer,
    matrix: isLarge ? null : storedMatrix(header, blobs, index, head),
    thumbnail: isLarge ? thumbnailIn(header, blobs, index, head) : null,
  };
}

type Blobs = ReadonlyMap<number, Frame>;
export type Focused = Pick<LoadedRecord, "layer" | "head" | "heads" | "rollout">;

/** Returns the header with layers as the model has them, instead of their blocks, where their strongest weights are kept. */
function inItsOwnSides(header: AttentionHeader): AttentionHeader {
  return wordlessOf(header)?.inItsOwnSides(header) ?? header;
}

function assemble(
  address: RecordAddress,
  header: AttentionHeader,
  focus: Focused,
  blobs: Blobs,
  rollout: HeadMatrix | null,
): LoadedRecord {
  const heads = focus.layer < 0 ? [] : focus.heads;
  const matrices = heads.map((head) => [head, rollout ?? matrixOf(header, blobs, focus.layer, head)] as const);
  const thumbnails = header.layers.map(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => thumbnailIn(header, blobs, layer, head)),
  );
  return { address, header, ...focus, matrices: new Map(matrices), thumbnails };
}

/** Returns the weights of one head: as views into its blob, or beside those that are known the most that they can be. */
function matrixOf(header: AttentionHeader, blobs: Blobs, layer: number, head: number): HeadMatrix {
  const stored = storedMatrix(header, blobs, layer, head);
  const shape = header.layers[layer];
  return shape?.strongest.length ? (wordlessOf(header)?.wholeOf(stored, shape, layer, head, blobs) ?? stored) : stored;
}

/** Returns the weights of one head as they are stored, of which those of blocks may be all. */
function storedMatrix(header: AttentionHeader, blobs: Blobs, layer: number, head: number): HeadMatrix {
  const shape = header.layers[layer];
  const part = shape?.parts.find((candidate) => holdsHead(candidate, head));
  const frame = part && blobs.get(part.blob);
  if (!shape || !part || !frame) throw new FrameError(`The record names no blob for head ${head} of layer ${layer}.`);
  const norms = `${layer}.value_norms`;
  const index = head - part.first_head;
  return {
    ...cutOut(frame, part, head, storedSides(shape), `${layer}.weights`, `${layer}.`),
    valueNorms: frame.arrays.has(norms)
      ? arrayOf(frame, norms, Float32Array, [part.heads, shape.keys]).data.subarray(
          index * shape.keys,
          (index + 1) * shape.keys,
        )
      : null,
  };
}

/** Returns the thumbnail of one head: a view into the overview, or drawn from a layer that is small itself. */
function thumbnailIn(header: AttentionHeader, blobs: Blobs, layer: number, head: number): Thumbnail | null {
  const shown = header.layers[layer];
  if (!shown?.thumbnail) return thumbnailOf(storedMatrix(header, blobs, layer, head));
  const frame = blobs.get(header.overview);
  if (!frame) return null;
  const { shape, data } = arrayOf(frame, `${layer}.thumbnail`, Uint8Array, [shown.heads, null, null]);
  const [, rows = 0, columns = 0] = shape;
  return { rows, columns, levels: data.subarray(head * rows * columns, (head + 1) * rows * columns) };
}

/** Returns the header of a record from its blob 0. */
export function readHeader(frame: Frame): AttentionHeader {
  const header = checked(attentionHeader, frame.header);
  let heads = 0;
  header.layers.forEach((layer, index) => {
    let next = 0;
    for (const part of layer.parts) {
      if (part.first_head !== next || part.heads < 1) next = Number.NaN;
      next += part.heads;
    }
    heads += layer.heads;
    // Before their weights are there, heads are walked through as they are claimed.
    if (next !== layer.heads || heads > MOST_HEADS || Math.min(layer.queries, layer.keys, layer.calls.length) < 1)
      throw new FrameError(`Layer ${index} has ${layer.heads} heads, of which its parts hold ${next}; that cannot be.`);
    if (layer.thumbnail && header.overview < 0) throw new FrameError("The record names no blob of thumbnails.");
  });
  for (const { axis, per_token, unit } of header.units) {
    if (!(per_token > 0 && Number.isFinite(per_token)) || Object.hasOwn(header.axes, axis))
      throw new FrameError(`The positions of axis ${axis} last ${per_token} ${unit} each; that cannot be.`);
  }
  for (const { blob, rows, columns, first } of header.images) {
    if (blob < 1 || Math.min(rows, columns) < 1 || first < 0)
      throw new FrameError(
        `An image of ${rows} × ${columns} patches from ${first} on in blob ${blob}; that cannot be.`,
      );
  }
  return header;
}

function resolveWish(header: AttentionHeader, wish: Wish, measures: Measures | null, step: number): Focused {
  const { like } = wish;
  const wished = like ? layerLike(header, like.header, like.layer) : findLayer(header, wish.layer);
  const focus = wished >= 0 ? { layer: wished, head: wish.head ?? 0 } : chooseFocus(header, measures, step);
  const last = Math.max(0, (header.layers[focus.layer]?.heads ?? 1) - 1);
  const head = Math.min(focus.head, last);
  const heads = wished >= 0 ? (wish.heads ?? []).filter((other) => other <= last) : [];
  const found: Focused = { layer: focus.layer, head, heads: heads.includes(head) ? heads : [head] };
  return wish.isRolled && rolled && focus.layer >= 0 ? rolled.rolledFocus(header, found) : found;
}
