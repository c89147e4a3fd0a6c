/** Blobs of records while something on the page looks at them. */

import { SvelteMap } from "svelte/reactivity";
import { type Api, asFailure, type BlobAddress, type RequestFailure } from "../host/api";
import type { Frame } from "../wire/frame";

/** What is only scrolled past is not asked for. */
const PAUSE_MS = 60;

interface Wanted {
  looking: number;
  controller: AbortController;
}

export class Blobs {
  #frames = new SvelteMap<string, Frame | RequestFailure>();
  #wanted = new Map<string, Wanted>();

  constructor(private readonly api: Api) {}

  /** Returns the blob, or why it cannot be had; null while it is on its way or nobody wants it. */
  get(address: BlobAddress): Frame | RequestFailure | null {
    return this.#frames.get(keyOf(address)) ?? null;
  }

  /** Has the blob there, as soon as it can be had, until the returned function is called. */
  want(address: BlobAddress): () => void {
    const key = keyOf(address);
    const wanted = this.#wanted.get(key) ?? this.#begin(key, address);
    wanted.looking += 1;
    return () => {
      wanted.looking -= 1;
      if (wanted.looking > 0 || this.#wanted.get(key) !== wanted) return;
      wanted.controller.abort();
      this.#wanted.delete(key);
      this.#frames.delete(key);
    };
  }

  #begin(key: string, address: BlobAddress): Wanted {
    const wanted: Wanted = { looking: 0, controller: new AbortController() };
    this.#wanted.set(key, wanted);
    const cached = this.api.cached(address);
    if (cached) this.#frames.set(key, cached);
    else void this.#fetch(key, address, wanted.controller.signal);
    return wanted;
  }

  async #fetch(key: string, address: BlobAddress, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const result = await this.api.blob(address, signal).catch(asFailure);
    if (!signal.aborted) this.#frames.set(key, result);
  }
}

function keyOf({ run, tag, step, written, index }: BlobAddress): string {
  return [run, tag, step, written, index].join("\n");
}
