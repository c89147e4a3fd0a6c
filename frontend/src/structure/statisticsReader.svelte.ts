/** What a record of statistics holds beside its measures, fetched while a component shows it. */

import { type BlobAddress, RequestFailure } from "../host/api";
import { attempt, successOf } from "../store/attempt";
import { checked } from "../wire/checked";
import type { Frame } from "../wire/frame";
import type { StatisticsHeader } from "../wire/schema.gen";
import { statisticsHeader } from "../wire/shapes/statistics.gen";
import type { StructureState } from "./state.svelte";

export class StatisticsReader {
  header = $derived.by((): StatisticsHeader | null => {
    const frame = this.#blob(this.#headerAt);
    // Its measures are there all the same.
    return frame && successOf(attempt(() => checked(statisticsHeader, frame.header)));
  });
  // As text, so that they change only with what they say.
  #headerAt = $derived.by(() => this.#address(0));
  #overTimeAt = $derived.by(() =>
    this.header && this.header.over_time > 0 ? this.#address(this.header.over_time) : null,
  );

  /** To be made by a component, and gone with it. */
  constructor(private readonly structure: () => StructureState) {
    $effect(() => this.#want(this.#headerAt));
    $effect(() => this.#want(this.#overTimeAt));
  }

  /** Returns the norm of the gradient by the state after each time step; null for a layer without. */
  overTime(path: string): Float32Array | null {
    const row = this.structure().measures?.layers.indexOf(path) ?? -1;
    const data = this.#blob(this.#overTimeAt)?.arrays.get(`${row}.gradient_over_time`)?.data;
    return data instanceof Float32Array ? data : null;
  }

  #address(index: number): string | null {
    const { track, step } = this.structure();
    if (!track || step === null) return null;
    const written = track.steps.wall_times[track.steps.steps.indexOf(step)];
    if (written === undefined) return null;
    return JSON.stringify({ run: track.info.run, tag: track.info.tag, step, written, index } satisfies BlobAddress);
  }

  #want(address: string | null): (() => void) | undefined {
    return address === null ? undefined : this.structure().blobs.want(JSON.parse(address));
  }

  #blob(address: string | null): Frame | null {
    const found = address === null ? null : this.structure().blobs.get(JSON.parse(address));
    return found instanceof RequestFailure ? null : found;
  }
}
