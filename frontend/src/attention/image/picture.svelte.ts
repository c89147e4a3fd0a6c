/** The image of the record that is shown, fetched and decoded after its weights. */

import { untrack } from "svelte";
import { type Api, asFailure, type RecordAddress } from "../../host/api";
import type { ImageHeader } from "../../wire/schema.gen";
import type { Pixels } from "./paintImage";

interface PictureWish {
  address: RecordAddress;
  image: ImageHeader;
}

export class HeldPicture {
  /** Null while it is on its way; that of the step before stays until then. */
  pixels = $state.raw<Pixels | null>(null);
  /** Why there is none. */
  failure = $state.raw<string | null>(null);
  #of = "";
  #png = new Uint8Array();
  #current = new AbortController();

  constructor(
    private readonly api: Api,
    wish: () => PictureWish | null,
  ) {
    $effect(() => {
      const wanted = wish();
      untrack(() => void this.#fetch(wanted));
    });
  }

  stop(): void {
    this.#current.abort();
  }

  async #fetch(wish: PictureWish | null): Promise<void> {
    this.#current.abort();
    const current = new AbortController();
    this.#current = current;
    const of = wish ? `${wish.address.run}\n${wish.address.tag}` : "";
    if (of !== this.#of) [this.pixels, this.failure, this.#png] = [null, null, new Uint8Array()];
    this.#of = of;
    if (!wish) return;
    const { address, image } = wish;
    try {
      const [frame, { decodePng, pngOf }] = await Promise.all([
        this.api.blob({ ...address, index: image.blob }, current.signal),
        import("./decode"),
      ]);
      const png = pngOf(frame, image);
      // It is the same at every step of most runs.
      if (this.pixels && isSame(png, this.#png)) return;
      const pixels = await decodePng(png);
      if (!current.signal.aborted) [this.pixels, this.failure, this.#png] = [pixels, null, png];
    } catch (error) {
      if (!current.signal.aborted) [this.pixels, this.failure] = [null, asFailure(error).message];
    }
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
