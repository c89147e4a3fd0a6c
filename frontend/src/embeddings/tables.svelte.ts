/** The words of the layers in sight. */

import { type Api, asFailure, type RequestFailure } from "../host/api";
import { endsAlike, seriesKey } from "../store/catalogue.svelte";
import type { SeriesInfo } from "../wire/schema.gen";
import { isSame, readTable, type WordTable } from "./table";

export class Tables {
  tables = $state.raw<ReadonlyMap<string, WordTable>>(new Map());
  /** Why a run's words are not there. */
  failures = $state.raw<ReadonlyMap<string, RequestFailure>>(new Map());

  #asking = new Set<string>();
  #known = new Map<string, SeriesInfo>();

  constructor(
    private readonly api: Api,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for the words of a layer, unless nothing was added since the last answer. */
  async follow(info: SeriesInfo): Promise<void> {
    const key = seriesKey(info);
    if (this.#asking.has(key) || endsAlike(this.#known.get(key), info)) return;
    this.#asking.add(key);
    try {
      const table = readTable(await this.api.labels(info.run, info.tag, this.signal));
      const before = this.tables.get(key);
      // The same words must not make the page work.
      if (!before || !isSame(before, table)) this.tables = new Map(this.tables).set(key, table);
      this.#known.set(key, info);
      this.#fail(info.run, null);
    } catch (error) {
      if (!this.signal.aborted) this.#fail(info.run, asFailure(error));
    } finally {
      this.#asking.delete(key);
    }
  }

  #fail(run: string, failure: RequestFailure | null): void {
    if (failure === null && !this.failures.has(run)) return;
    const failures = new Map(this.failures);
    if (failure) failures.set(run, failure);
    else failures.delete(run);
    this.failures = failures;
  }
}
