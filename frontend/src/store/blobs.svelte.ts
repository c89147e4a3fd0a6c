/** Blobs of records while something on the page looks at them. */

import type { Api, BlobAddress, RequestFailure } from "../host/api";
import type { Frame } from "../wire/frame";
import { Resources } from "./resources.svelte";

export class Blobs {
  // The requests have a cache of their own.
  readonly #frames = new Resources<Frame>(0);

  constructor(private readonly api: Api) {}

  /** Returns the blob, or why it cannot be had; null while it is on its way or nobody wants it. */
  get(address: BlobAddress): Frame | RequestFailure | null {
    return this.#frames.get(keyOf(address));
  }

  /** Has the blob there, as soon as it can be had, until the returned function is called. */
  want(address: BlobAddress): () => void {
    return this.#frames.want(keyOf(address), (signal) => this.api.blob(address, signal), this.api.cached(address));
  }

  /** Has blobs there as long as what calls this lives, a component or an effect. */
  keep(wanted: () => readonly BlobAddress[]): void {
    // As text, so that it changes only with what it says.
    const asked = $derived(JSON.stringify(wanted()));
    let releases: (() => void)[] = [];
    const letGo = (some: readonly (() => void)[]) => {
      for (const release of some) release();
    };
    $effect(() => {
      const before = releases;
      // Those that are still wanted are never without anyone who wants them.
      releases = (JSON.parse(asked) as BlobAddress[]).map((address) => this.want(address));
      letGo(before);
    });
    $effect(() => () => letGo(releases));
  }

  /** Forgets what no server answered, so that it is asked for again. */
  forgetFailures(): void {
    this.#frames.forgetFailures();
  }
}

function keyOf({ run, tag, step, written, index }: BlobAddress): string {
  return [run, tag, step, written, index].join("\n");
}
