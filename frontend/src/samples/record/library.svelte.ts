/** The texts of the series in sight: fetched once, then only what was added. */

import { type Api, asFailure, type RequestFailure } from "../../host/api";
import { endsAlike, seriesKey } from "../../store/catalogue.svelte";
import type { SeriesInfo } from "../../wire/schema.gen";
import type { SampleSeries } from "../types";
import { readSeries } from "./series";

export class Library {
  series = $state.raw<ReadonlyMap<string, SampleSeries>>(new Map());
  /** Why a run's texts are not there. */
  failures = $state.raw<ReadonlyMap<string, RequestFailure>>(new Map());

  #asking = new Set<string>();
  /** What each series was when its texts were asked for last. */
  #known = new Map<string, SeriesInfo>();

  constructor(
    private readonly api: Api,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for the texts of a series, unless nothing was added since the last answer. */
  async follow(info: SeriesInfo): Promise<void> {
    const key = seriesKey(info);
    const known = this.#known.get(key);
    if (this.#asking.has(key) || endsAlike(known, info)) return;
    this.#asking.add(key);
    try {
      // A step that was written anew takes the whole series with it: what came after it is of another training.
      const isLonger = known !== undefined && info.last_step > known.last_step;
      const before = (isLonger && this.series.get(key)) || null;
      const after = before?.steps[before.steps.length - 1] ?? null;
      const { run, tag } = info;
      const frame = await this.api.texts(run, tag, after, this.signal);
      for await (const series of readSeries({ run, tag }, frame, before)) {
        if (this.signal.aborted) return;
        if (!before || series.steps.length > before.steps.length) this.series = new Map(this.series).set(key, series);
      }
      this.#known.set(key, info);
      this.#fail(run, null);
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
