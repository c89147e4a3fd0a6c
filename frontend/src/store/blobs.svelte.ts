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
}

function keyOf({ run, tag, step, written, index }: BlobAddress): string {
  return [run, tag, step, written, index].join("\n");
}
