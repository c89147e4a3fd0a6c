/** What a record of statistics holds beside its measures, fetched while a component shows it. */

import { type BlobAddress, RequestFailure } from "../api";
import type { Page } from "../state.svelte";
import type { Frame } from "../wire/frame";
import type { StatisticsHeader } from "../wire/schema.gen";

export class StatisticsReader {
  header = $derived.by((): StatisticsHeader | null => (this.#blob(0)?.header as StatisticsHeader | undefined) ?? null);
  #over = $derived.by(() => (this.header && this.header.over_time > 0 ? this.#blob(this.header.over_time) : null));
  /** As text, so that it changes only with what it says. */
  #asked = $derived.by(() => {
    const { over_time = -1 } = this.header ?? {};
    const indices = over_time > 0 ? [0, over_time] : [0];
    return JSON.stringify(indices.flatMap((index) => this.#address(index) ?? []));
  });

  /** To be made by a component, and gone with it. */
  constructor(private readonly page: () => Page) {
    $effect(() => {
      const { blobs } = this.page().structure;
      const releases = (JSON.parse(this.#asked) as BlobAddress[]).map((address) => blobs.want(address));
      return () => {
        for (const release of releases) release();
      };
    });
  }

  /** Returns the norm of the gradient by the state after each time step; null for a layer without. */
  overTime(path: string): Float32Array | null {
    const row = this.page().structure.measures?.layers.indexOf(path) ?? -1;
    const data = this.#over?.arrays.get(`${row}.gradient_over_time`)?.data;
    return data instanceof Float32Array ? data : null;
  }

  #address(index: number): BlobAddress | null {
    const { structure, step } = this.page();
    const { track } = structure;
    if (!track || step === null) return null;
    const written = track.steps.wall_times[track.steps.steps.indexOf(step)];
    return written === undefined ? null : { run: track.info.run, tag: track.info.tag, step, written, index };
  }

  #blob(index: number): Frame | null {
    const address = this.#address(index);
    const found = address && this.page().structure.blobs.get(address);
    return found instanceof RequestFailure ? null : found;
  }
}
