/** Neighbours of words: each list is asked for once, those of several steps together. */

import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { type Api, asFailure, RequestFailure } from "../../host/api";
import { successOf } from "../../store/attempt";
import type { LayerSteps } from "../layerSteps";
import type { Metric } from "../place";
import { laterSteps } from "./lineSteps";
import { type NeighbourList, readLists } from "./lists";

/** How many neighbours a list has. */
export const NEIGHBOURS = 10;

const PAUSE_MS = 60;
const MOST_LISTS = 20_000;
const MOST_STEPS = 200;

export class Neighbourhoods {
  #lists = new SvelteMap<string, NeighbourList | RequestFailure>();
  /** By word: the steps of its line over the training. */
  #lines = new SvelteMap<string, readonly number[]>();

  /** Whether there was no server for one of them. */
  #wasGone = false;
  /** Changes when what failed is to be asked for again. */
  #round = $state(0);

  constructor(private readonly api: Api) {}

  /** Returns the list, or why there is none; null while it is on its way or nobody wants it. */
  get(layer: LayerSteps, row: number, metric: Metric, step: number): NeighbourList | RequestFailure | null {
    return this.#lists.get(listKey(layer, row, metric, step)) ?? null;
  }

  /** Has the lists of some steps there, as soon as they can be had, until the returned function is called. */
  want(layer: LayerSteps, row: number, metric: Metric, steps: readonly number[]): () => void {
    void this.#round;
    const missing = untrack(() => steps.filter((step) => !this.#lists.has(listKey(layer, row, metric, step))));
    if (missing.length === 0) return () => undefined;
    const controller = new AbortController();
    void this.#fetch(
      layer,
      row,
      metric,
      [...missing].sort((a, b) => a - b),
      controller.signal,
    );
    return () => controller.abort();
  }

  /** Returns the lists over the whole training, by step; none until they were wanted. */
  line(layer: LayerSteps, row: number, metric: Metric): { steps: readonly number[]; lists: (NeighbourList | null)[] } {
    const steps = this.#lines.get(lineKey(layer, row, metric)) ?? [];
    const lists = steps.map((step) => successOf(this.get(layer, row, metric, step)));
    return { steps, lists };
  }

  /** Has the lists over the whole training there: at first as many as the server likes to give at once, then as those added
   * to the training continue them. */
  wantLine(layer: LayerSteps, row: number, metric: Metric): () => void {
    void this.#round;
    const known = untrack(() => this.#lines.get(lineKey(layer, row, metric)) ?? []);
    const added = known.length === 0 ? null : laterSteps(known, layer.steps, MOST_STEPS);
    if (added?.length === 0) return () => undefined;
    const controller = new AbortController();
    void this.#fetch(layer, row, metric, added, controller.signal).then((answered) => {
      if (answered.length > 0) this.#lines.set(lineKey(layer, row, metric), [...known, ...answered]);
    });
    return () => controller.abort();
  }

  /** Forgets what no server answered, so that it is asked for again. */
  forgetFailures(): void {
    if (!this.#wasGone) return;
    for (const [key, list] of this.#lists)
      if (list instanceof RequestFailure && list.reason === "gone") this.#lists.delete(key);
    this.#wasGone = false;
    this.#round += 1;
  }

  /** Returns the steps that were answered. */
  async #fetch(
    layer: LayerSteps,
    row: number,
    metric: Metric,
    steps: readonly number[] | null,
    signal: AbortSignal,
  ): Promise<number[]> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return [];
    if (this.#lists.size > MOST_LISTS) {
      this.#lists.clear();
      this.#lines.clear();
    }
    const { run, tag } = layer;
    try {
      const lists = readLists(await this.api.neighbours({ run, tag, row, metric, count: NEIGHBOURS, steps }, signal));
      for (const [step, list] of lists) this.#lists.set(listKey(layer, row, metric, step), list);
      return [...lists.keys()];
    } catch (error) {
      if (signal.aborted) return [];
      const failure = asFailure(error);
      this.#wasGone ||= failure.reason === "gone";
      for (const step of steps ?? []) this.#lists.set(listKey(layer, row, metric, step), failure);
      return [];
    }
  }
}

function lineKey({ run, tag, since }: LayerSteps, row: number, metric: Metric): string {
  return [run, tag, since, row, metric].join("\n");
}

function listKey(layer: LayerSteps, row: number, metric: Metric, step: number): string {
  return `${lineKey(layer, row, metric)}\n${step}\n${layer.written.get(step)}`;
}
