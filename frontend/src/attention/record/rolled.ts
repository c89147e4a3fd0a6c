/** Rollouts of records, worked out once from the weights of all layers below; loaded when the first is asked for. */

import type { Api, RecordAddress } from "../../host/api";
import { ByteCache } from "../../host/cache";
import type { Frame } from "../../wire/frame";
import type { AttentionHeader } from "../../wire/schema.gen";
import { Rollout } from "../rollout";
import type { HeadMatrix } from "./matrix";
import { type NoStack, type Stack, stackOf } from "./stack";

const KEPT_BYTES = 64 * 2 ** 20;
/** Of work before the page may do something else. */
const SLICE_MS = 12;

const kept = new WeakMap<Api, ByteCache<HeadMatrix>>();

/** Returns what is in focus where the rollout is wanted: the head in focus stands for all. */
export function rolledFocus<Focus extends { layer: number; head: number; heads: number[] }>(
  header: AttentionHeader,
  focus: Focus,
): Focus & { rollout: Stack | NoStack } {
  const rollout = stackOf(header, focus.layer);
  return { ...focus, heads: "isWhole" in rollout ? [focus.head] : focus.heads, rollout };
}

/** Returns the rollout over a stack; undefined where it has not been worked out, null where there is none. */
export function knownRollout(api: Api, address: RecordAddress, stack: Stack | NoStack): HeadMatrix | null | undefined {
  return "isWhole" in stack ? kept.get(api)?.get(nameOf(address, stack)) : null;
}

type MatrixOf = (header: AttentionHeader, blobs: ReadonlyMap<number, Frame>, layer: number, head: number) => HeadMatrix;

/** Returns the rollout up to a layer in the place of one of its heads; null where there is none. */
export async function stillOf(
  api: Api,
  address: RecordAddress,
  header: AttentionHeader,
  index: number,
  matrixOf: MatrixOf,
  signal: AbortSignal,
) {
  const layer = header.layers[index];
  const matrix = await rollOut(api, address, header, stackOf(header, index), matrixOf, signal, "low");
  return layer && matrix ? { header, layer, matrix, thumbnail: null } : null;
}

/** Fetches the heads of a stack, layer by layer, and returns the rollout, null where there is none; `matrixOf` returns a head. */
export async function rollOut(
  api: Api,
  address: RecordAddress,
  header: AttentionHeader,
  stack: Stack | NoStack,
  matrixOf: MatrixOf,
  signal: AbortSignal,
  priority: RequestPriority,
): Promise<HeadMatrix | null> {
  const known = knownRollout(api, address, stack);
  if (known || !("isWhole" in stack)) return known ?? null;
  const rollout = new Rollout(stack.tokens);
  for (const layer of stack.layers) {
    const { parts = [], heads = 0 } = header.layers[layer] ?? {};
    const frames = parts.map(async ({ blob: index }) => {
      return [index, await api.blob({ ...address, index }, signal, priority)] as const;
    });
    const blobs = new Map(await Promise.all(frames));
    const all = Array.from({ length: heads }, (_, head) => matrixOf(header, blobs, layer, head));
    await inSlices(rollout.add(all), signal);
  }
  const matrix = rollout.matrix();
  const cache = kept.get(api) ?? new ByteCache<HeadMatrix>(KEPT_BYTES);
  kept.set(api, cache);
  cache.set(nameOf(address, stack), matrix, matrix.levels.byteLength);
  return matrix;
}

/** Does work to its end, and lets the page do other things in between. */
async function inSlices(work: Iterator<undefined, void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) if (work.next().done) return;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}

function nameOf({ run, tag, step, written }: RecordAddress, { layers }: Stack): string {
  return [run, tag, step, written, layers.at(-1)].join("\n");
}
