/** One head at several steps, fetched after everything else. */

import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Api, RecordAddress } from "../../host/api";
import { fetchStill, type Still } from "../record/record";

export interface FilmWish {
  /** Of the layer, see `layerKey`. */
  layer: string;
  head: number;
  records: readonly RecordAddress[];
  /** Whether the whole head is wanted, be it large. */
  isWhole: boolean;
  /** Whether the rollout up to the layer is wanted instead. */
  isRolled: boolean;
}

const AT_ONCE = 3;

export class Film {
  /** By step and time of writing; null where the record has no such layer. */
  #stills = new SvelteMap<string, Still | null>();
  #of = "";
  #current = new AbortController();

  constructor(
    private readonly api: Api,
    wish: () => FilmWish | null,
  ) {
    $effect(() => {
      const wanted = wish();
      untrack(() => void this.#fetch(wanted));
    });
  }

  /** Returns the head at a record; undefined while it is on its way. */
  at(address: RecordAddress): Still | null | undefined {
    return this.#stills.get(nameOf(address));
  }

  stop(): void {
    this.#current.abort();
  }

  async #fetch(wish: FilmWish | null): Promise<void> {
    this.#current.abort();
    const current = new AbortController();
    this.#current = current;
    if (!wish) return;
    const of = `${wish.layer}\n${wish.head}\n${wish.isWhole}\n${wish.isRolled}`;
    const names = new Set(wish.records.map(nameOf));
    if (of !== this.#of) this.#stills.clear();
    else for (const name of this.#stills.keys()) if (!names.has(name)) this.#stills.delete(name);
    this.#of = of;
    const missing = wish.records.filter((address) => !this.#stills.has(nameOf(address)));
    const next = async (): Promise<void> => {
      for (let address = missing.shift(); address && !current.signal.aborted; address = missing.shift()) {
        const still = await fetchStill(this.api, address, wish, current.signal).catch(() => null);
        if (!current.signal.aborted) this.#stills.set(nameOf(address), still);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }
}

function nameOf({ run, tag, step, written }: RecordAddress): string {
  return [run, tag, step, written].join("\n");
}
