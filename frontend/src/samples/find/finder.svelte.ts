/** What is searched for, and what was found: over all steps of the runs in sight. */

import type { SamplesChoice } from "../choice.svelte";
import type { SampleAddress, SampleSeries, Stretch } from "../types";
import { filterAddresses } from "./filter";
import type { Filtering } from "./filtering.svelte";
import { compile, findMatches, type Matcher } from "./search";
import { isSameList, Searcher } from "./searcher";

const NONE: readonly Stretch[] = [];

export class Finder {
  /** Newest step first. */
  found = $state.raw<readonly SampleAddress[]>([]);
  /** Why a search came to nothing. */
  #failure = $state.raw<string | null>(null);
  searching = $state(false);
  /** What came to an end on all of these texts off the page's thread, so that it may be used on it. */
  #tried = $state.raw<{ matcher: Matcher | null; series: readonly SampleSeries[] } | null>(null);
  #searcher = new Searcher();

  #compiled = $derived.by(() => {
    const { search, isRegex } = this.samples.place;
    return search === "" ? null : compile(search, isRegex);
  });
  matcher = $derived<Matcher | null>(this.#compiled && "expression" in this.#compiled ? this.#compiled : null);
  /** What is wrong with the query, or with the search, in a sentence. */
  error = $derived(this.#compiled && "error" in this.#compiled ? this.#compiled.error : this.#failure);
  isOn = $derived.by(() => this.samples.place.search !== "" || this.filtering.count > 0);

  /** What may be used here and now: no plain text takes long. */
  #safe = $derived.by(() => {
    const tried = this.#tried;
    const isTried = tried?.matcher === this.matcher && isSameList(tried?.series ?? [], this.samples.series);
    return this.matcher?.isRegex && !isTried ? null : this.matcher;
  });

  /** Which of the places found is the chosen text; -1 if none is. */
  at = $derived.by(() => {
    const { chosen } = this.samples;
    return this.found.findIndex(
      ({ run, step, sample }) => run === chosen?.run && step === chosen.step && sample === chosen.sample,
    );
  });

  constructor(
    private readonly samples: SamplesChoice,
    private readonly filtering: Filtering,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.#searcher.end());
    this.#keepSearching();
  }

  /** Has the texts where they are searched before the first letter of a query. */
  prepare(): void {
    this.#searcher.prepare(this.samples.series);
  }

  /** Goes to another of the places found, round the ends; returns whether there is one. */
  step(by: number): boolean {
    const { length } = this.found;
    if (length === 0) return false;
    const at = this.at < 0 ? (by > 0 ? 0 : length - 1) : (this.at + by + length) % length;
    this.samples.goTo(this.found[at] as SampleAddress);
    return true;
  }

  matchesIn(text: string): readonly Stretch[] {
    return this.#safe ? findMatches(this.#safe, text) : NONE;
  }

  /** Returns what is found, or all that the filters let pass where nothing is searched for. */
  addressesToExport(): readonly SampleAddress[] {
    return this.isOn ? this.found : filterAddresses(this.samples.series, this.filtering.filter);
  }

  #keepSearching(): void {
    $effect(() => {
      const { matcher } = this;
      const { series } = this.samples;
      const { filter } = this.filtering;
      if (!this.isOn || (this.samples.place.search !== "" && !matcher)) {
        this.found = [];
        this.#failure = null;
        this.searching = false;
        return;
      }
      let isCurrent = true;
      this.searching = true;
      this.#searcher.search(series, matcher, filter).then((result) => {
        if (!isCurrent || !result) return;
        this.found = "places" in result ? result.places : [];
        this.#failure = "error" in result ? result.error : null;
        this.#tried = "places" in result ? { matcher, series } : null;
        this.searching = false;
      });
      return () => {
        isCurrent = false;
      };
    });
  }
}
