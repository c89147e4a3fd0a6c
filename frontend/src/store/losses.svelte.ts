/** The loss of the runs in sight, from TensorBoard's own scalars. */

import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Api } from "../host/api";
import { common } from "../language/common";
import { endsAlike, type Track } from "./catalogue.svelte";
import { findLoss, type ScalarPoint, type StepLine, scalarAt, valuesOver } from "./stepLines";

export class Losses {
  /** By run. */
  #points = new SvelteMap<string, readonly ScalarPoint[]>();
  /** What each run was when it was asked for last. */
  #asked = new Map<string, Track["info"]>();

  constructor(
    private readonly api: Api,
    private readonly signal: AbortSignal,
    tracks: () => readonly Track[],
  ) {
    $effect(() => {
      for (const { info } of tracks()) untrack(() => this.#ask(info));
    });
  }

  /** Returns the loss of a run over some steps; null where there is none. */
  lineOf(track: Track | undefined, steps: readonly number[]): StepLine | null {
    const points = track && this.#points.get(track.info.run);
    if (!points || points.length === 0) return null;
    const { steps: own, wall_times } = track.steps;
    return { key: "loss", name: common.LOSS, values: valuesOver(steps, own, scalarAt(points, own, wall_times)) };
  }

  async #ask(info: Track["info"]): Promise<void> {
    if (endsAlike(this.#asked.get(info.run), info)) return;
    this.#asked.set(info.run, info);
    try {
      const found = findLoss(await this.api.scalarTags(this.signal), info.run);
      if (found) this.#points.set(info.run, await this.api.scalars(found.run, found.tag, this.signal));
    } catch {
      // It is a courtesy: without it the bar draws a measure of the view.
      this.#asked.delete(info.run);
    }
  }
}
