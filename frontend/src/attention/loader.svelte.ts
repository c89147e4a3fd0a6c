/** What is drawn: the records at the step cursor, kept until the next ones are there. */

import { type Api, asFailure, type RecordAddress, RequestFailure } from "../host/api";
import type { Measures } from "../store/measures";
import { cachedRecord, fetchRecord, type LoadedRecord, type Wish } from "./record/record";

/** A record to show or to have ready. */
export interface Request {
  address: RecordAddress;
  measures: Measures | null;
}

export class Loader {
  /** By run. */
  shown = $state.raw<ReadonlyMap<string, LoadedRecord>>(new Map());
  /** Why a run's record is not shown. */
  failures = $state.raw<ReadonlyMap<string, RequestFailure>>(new Map());
  /** Whether something else than what is shown has been asked for. */
  loading = $state(false);
  /** Grows with every record drawn as asked. */
  arrivals = $state(0);

  #current = new AbortController();
  #ahead = new AbortController();

  constructor(private readonly api: Api) {}

  /** Shows the records as soon as all of them are there, at once if nothing must be fetched. */
  async show(requests: readonly Request[], wish: Wish): Promise<void> {
    const before = this.#current;
    const current = new AbortController();
    this.#current = current;
    const results = this.#fromCache(requests, wish) ?? this.#fetch(requests, wish, current.signal);
    // Only now, so that a request that is still wanted goes on.
    before.abort();
    this.loading = !Array.isArray(results);
    const settled = Array.isArray(results) ? results : await results;
    if (!current.signal.aborted) this.#commit(requests, settled);
  }

  /** Fetches records that will probably be asked for next. */
  async prepare(requests: readonly Request[], wish: Wish): Promise<void> {
    const before = this.#ahead;
    this.#ahead = new AbortController();
    const { signal } = this.#ahead;
    const fetches = requests.map(({ address, measures }) =>
      fetchRecord(this.api, address, wish, measures, signal, "low"),
    );
    before.abort();
    // Whatever fails here is asked for again, and then told, when it is to be shown.
    await Promise.allSettled(fetches);
  }

  stop(): void {
    this.#current.abort();
    this.#ahead.abort();
  }

  #fromCache(requests: readonly Request[], wish: Wish): (LoadedRecord | RequestFailure)[] | null {
    const records: LoadedRecord[] = [];
    for (const { address, measures } of requests) {
      try {
        const record = cachedRecord(this.api, address, wish, measures);
        if (!record) return null;
        records.push(record);
      } catch {
        return null;
      }
    }
    return records;
  }

  #fetch(requests: readonly Request[], wish: Wish, signal: AbortSignal): Promise<(LoadedRecord | RequestFailure)[]> {
    return Promise.all(
      requests.map(({ address, measures }) => fetchRecord(this.api, address, wish, measures, signal).catch(asFailure)),
    );
  }

  #commit(requests: readonly Request[], settled: readonly (LoadedRecord | RequestFailure)[]): void {
    const shown = new Map<string, LoadedRecord>();
    const failures = new Map<string, RequestFailure>();
    requests.forEach(({ address: { run } }, index) => {
      const result = settled[index] as LoadedRecord | RequestFailure;
      const old = this.shown.get(run);
      if (!(result instanceof RequestFailure)) shown.set(run, old ? asBefore(old, result) : result);
      else {
        failures.set(run, result);
        if (result.reason === "gone" && old) shown.set(run, old);
      }
    });
    this.shown = shown;
    this.failures = failures;
    this.loading = false;
    this.arrivals += 1;
  }
}

/** Returns what is to be shown next, with what is drawn as it was left as it is, so that nothing draws it anew. */
function asBefore(old: LoadedRecord, next: LoadedRecord): LoadedRecord {
  const [a, b] = [old.address, next.address];
  if (a.tag !== b.tag || a.step !== b.step || a.written !== b.written) return next;
  const isSame =
    old.layer === next.layer &&
    old.head === next.head &&
    !old.rollout === !next.rollout &&
    old.heads.join() === next.heads.join();
  // All heads in small are those of the record, whichever is in focus.
  return isSame ? old : { ...next, thumbnails: old.thumbnails };
}
