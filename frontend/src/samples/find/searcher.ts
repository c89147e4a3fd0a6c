/** Searches off the page's thread, so that no query can freeze it. */

import { phrases } from "../language";
import type { SampleAddress, SampleSeries } from "../types";
import { type Filter, filterAddresses } from "./filter";
import type { Matcher } from "./search";
import type { Answer, Request } from "./searchWorker";

/** Longer than this no expression may take over all texts. */
const PATIENCE = 1000;

/** What a search came to; null where a newer one took its place. */
export type SearchResult = { places: SampleAddress[] } | { error: string } | null;

/** What it needs of a worker. */
export type SearchWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

interface Search {
  series: readonly SampleSeries[];
  matcher: Matcher;
  settle(hits: Uint8Array[] | { error: string } | null): void;
}

const startWorker = () => new Worker(new URL("./searchWorker.ts", import.meta.url), { type: "module" });

export class Searcher {
  #worker: SearchWorker | null = null;
  /** What the worker holds, by series. */
  #sent: SampleSeries["entries"][] = [];
  #running: Search | null = null;
  #next: Search | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: { series: readonly SampleSeries[]; query: string; isRegex: boolean; hits: Uint8Array[] } | null = null;

  constructor(private readonly start: () => SearchWorker = startWorker) {}

  /** Hands over the texts that the worker does not have yet, so that the first search need not wait for them. */
  prepare(series: readonly SampleSeries[]): void {
    this.#worker ??= this.#open();
    const held = Math.max(series.length, this.#sent.length);
    for (let which = 0; which < held; which++) {
      const sent = this.#sent[which] ?? [];
      const texts = series[which]?.entries ?? [];
      const at = firstDifference(sent, texts);
      if (at < Math.max(sent.length, texts.length)) {
        this.#send({ kind: "texts", series: which, at, texts: texts.slice(at) });
      }
      this.#sent[which] = texts;
    }
  }

  /** Finds the places of the texts that match and pass the filter, newest step first. A matcher of null matches all. */
  async search(series: readonly SampleSeries[], matcher: Matcher | null, filter: Filter): Promise<SearchResult> {
    if (matcher === null) return { places: filterAddresses(series, filter) };
    const hits = this.#remembered(series, matcher) ?? (await this.#find(series, matcher));
    if (hits === null || "error" in hits) return hits;
    this.#last = { series, query: matcher.query, isRegex: matcher.isRegex, hits };
    const firsts = series.map(({ entries }) => firstOfStep(entries));
    const isHit = (_: string, which: number, at: number, sample: number) =>
      hits[which]?.[(firsts[which]?.[at] as number) + sample] === 1;
    return { places: filterAddresses(series, filter, isHit) };
  }

  /** Ends what runs; the next search starts anew. */
  end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#sent = [];
    this.#running?.settle(null);
    this.#next?.settle(null);
    this.#running = this.#next = this.#last = null;
  }

  #remembered(series: readonly SampleSeries[], { query, isRegex }: Matcher): Uint8Array[] | null {
    const last = this.#last;
    const isSame = last?.query === query && last.isRegex === isRegex && isSameList(last.series, series);
    return isSame ? last.hits : null;
  }

  #find(series: readonly SampleSeries[], matcher: Matcher): Promise<Uint8Array[] | { error: string } | null> {
    return new Promise((settle) => {
      this.#next?.settle(null);
      this.#next = { series, matcher, settle };
      if (this.#running === null) this.#runNext();
    });
  }

  #runNext(): void {
    this.#running = this.#next;
    this.#next = null;
    if (this.#running === null) return;
    this.prepare(this.#running.series);
    this.#send({ kind: "search", matcher: this.#running.matcher });
  }

  #open(): SearchWorker {
    const worker = this.start();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "found") this.#settle(data.hits);
      else
        this.#timer = setTimeout(
          () => this.#giveUp(phrases.searchTooSlow(this.#running?.matcher.query ?? "")),
          PATIENCE,
        );
    };
    worker.onerror = ({ message }) => this.#giveUp(phrases.searchFailed(message));
    return worker;
  }

  #send(request: Request): void {
    this.#worker?.postMessage(request);
  }

  #giveUp(error: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#sent = [];
    this.#settle({ error });
  }

  #settle(result: Uint8Array[] | { error: string }): void {
    clearTimeout(this.#timer);
    this.#running?.settle(result);
    this.#runNext();
  }
}

/** Where the texts of each step begin among those of all steps. */
function firstOfStep(texts: SampleSeries["entries"]): number[] {
  let total = 0;
  return texts.map(({ length }) => {
    total += length;
    return total - length;
  });
}

function firstDifference(one: SampleSeries["entries"], other: SampleSeries["entries"]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

export function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}
