/** What a record of statistics holds beside its measures, fetched while a component shows it. */

import type { BlobAddress } from "../host/api";
import { attempt, successOf } from "../store/attempt";
import { checked } from "../wire/checked";
import type { Frame } from "../wire/frame";
import type { StatisticsHeader } from "../wire/schema.gen";
import { statisticsHeader } from "../wire/shapes/statistics.gen";
import type { StructureState } from "./state.svelte";

export class StatisticsReader {
  header = $derived.by((): StatisticsHeader | null => {
    const frame = this.#blob(0);
    // Its measures are there all the same.
    return frame && successOf(attempt(() => checked(statisticsHeader, frame.header)));
  });
  #overTime = $derived.by(() => this.#blob(this.header?.over_time ?? -1));

  /** To be made by a component, and gone with it. */
  constructor(private readonly structure: () => StructureState) {
    structure().blobs.keep(() => [...this.#at(0), ...this.#at(this.header?.over_time ?? -1)]);
  }

  /** Returns the norm of the gradient by the state after each time step; null for a layer without. */
  overTime(path: string): Float32Array | null {
    const row = this.structure().measures?.layers.indexOf(path) ?? -1;
    const data = this.#overTime?.arrays.get(`${row}.gradient_over_time`)?.data;
    return data instanceof Float32Array ? data : null;
  }

  #at(index: number): BlobAddress[] {
    const { track, step } = this.structure();
    if (!track || step === null || index < 0) return [];
    const written = track.steps.wall_times[track.steps.steps.indexOf(step)];
    return written === undefined ? [] : [{ run: track.info.run, tag: track.info.tag, step, written, index }];
  }

  #blob(index: number): Frame | null {
    const [address] = this.#at(index);
    return address ? successOf(this.structure().blobs.get(address)) : null;
  }
}
