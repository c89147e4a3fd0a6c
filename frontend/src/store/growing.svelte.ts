/** What grows with the series in sight: fetched once, then what was added. */

import { asFailure, type RequestFailure } from "../host/api";
import type { SeriesInfo } from "../wire/schema.gen";
import { endsAlike, seriesKey } from "./catalogue.svelte";

/**
 * Asks the server for a series.
 *
 * Args:
 *     known: what is there of it already; null if nothing is.
 *     isLonger: whether steps were added and none was written anew, so that only those need be asked for.
 *
 * Yields what is there now, as it comes; nothing where nothing changed.
 */
export type Ask<Value> = (
  info: SeriesInfo,
  known: Value | null,
  isLonger: boolean,
  signal: AbortSignal,
) => AsyncIterable<Value>;

export class Growing<Value> {
  /** By `seriesKey`. */
  values = $state.raw<ReadonlyMap<string, Value>>(new Map());
  /** Why there is nothing of a run. */
  failures = $state.raw<ReadonlyMap<string, RequestFailure>>(new Map());

  #asking = new Set<string>();
  /** What each series was when it was asked for last. */
  #asked = new Map<string, SeriesInfo>();

  constructor(
    private readonly ask: Ask<Value>,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for a series, unless nothing was added since the last answer. */
  async follow(info: SeriesInfo): Promise<void> {
    const key = seriesKey(info);
    const asked = this.#asked.get(key);
    if (this.#asking.has(key) || endsAlike(asked, info)) return;
    this.#asking.add(key);
    try {
      const isLonger = asked !== undefined && info.last_step > asked.last_step;
      for await (const value of this.ask(info, this.values.get(key) ?? null, isLonger, this.signal)) {
        if (this.signal.aborted) return;
        this.values = new Map(this.values).set(key, value);
      }
      this.#asked.set(key, info);
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
