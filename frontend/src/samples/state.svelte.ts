/** The store of the samples view: its place, the texts in sight, and what is chosen among them. */

import { untrack } from "svelte";
import type { Api, RecordAddress } from "../api";
import type { Page } from "../state.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { cycled } from "../store/selection";
import { indexUpTo, neighbours } from "../store/steps";
import type { ViewState } from "../store/view";
import type { Action } from "../ui/keys";
import { Blobs } from "./blobs.svelte";
import { type Column, columnsOf, mostRepeats, type Prompt, promptsOf, samplesIn } from "./grid";
import { Library } from "./library.svelte";
import { SAMPLES_START, type SamplesPlace } from "./place";
import { readHeader } from "./tokens";
import type { SamplePlace, SampleSeries, SampleSetup } from "./types";
import { waitingForTexts } from "./viewWords";

const PREFETCH_REACH = 2;

/** A column of the grid: how the samples of one run were made. */
export interface GridColumn {
  run: string;
  column: Column;
}

/** A row of the grid: a step, or a prompt at the step of the cursor. */
export interface GridRow {
  step: number;
  prompt: number;
}

export class SamplesState implements ViewState {
  place = $state<SamplesPlace>({ ...SAMPLES_START });
  /** The token under the pointer, and where it is. */
  hovered = $state.raw<{ place: SamplePlace; token: number } | null>(null);

  readonly library: Library;
  readonly blobs: Blobs;

  /** What is there of the runs in sight, in their order. */
  series = $derived.by((): SampleSeries[] =>
    this.page.view === "samples"
      ? this.page.inSight.flatMap((info) => this.library.series.get(seriesKey(info)) ?? [])
      : [],
  );
  /** The newest setup of each. */
  setups = $derived(this.series.map(({ setups }) => setups[setups.length - 1] as SampleSetup));
  prompts = $derived(promptsOf(this.setups));
  promptIndex = $derived(Math.min(this.place.prompt ?? 0, this.prompts.length - 1));
  prompt = $derived<Prompt | null>(this.prompts[this.promptIndex] ?? null);
  columns = $derived(columnsOf(this.setups));
  column = $derived<Column | null>(
    this.columns.find(({ key }) => key === this.place.column) ?? this.columns[0] ?? null,
  );
  repeats = $derived(mostRepeats(this.setups));
  repeat = $derived(this.place.repeat === null ? null : Math.min(this.place.repeat, this.repeats - 1));

  gridColumns = $derived.by((): GridColumn[] => {
    const { column } = this;
    const runs = this.page.selectedRuns;
    const [run] = runs;
    if (runs.length > 1) return column ? runs.map((run) => ({ run, column })) : [];
    return run === undefined ? [] : this.columns.map((column) => ({ run, column }));
  });
  gridRows = $derived.by((): GridRow[] => {
    const { step, steps } = this.page;
    if (step === null) return [];
    return this.place.rows === "steps"
      ? steps.map((step) => ({ step, prompt: this.promptIndex }))
      : this.prompts.map((_, prompt) => ({ step, prompt }));
  });
  /** The row of the cursor. */
  currentRow = $derived.by(() => (this.place.rows === "steps" ? this.page.stepIndex : this.promptIndex));
  currentColumn = $derived.by(() => {
    const at = this.gridColumns.findIndex(({ run, column }) =>
      this.page.selectedRuns.length > 1 ? run === this.place.run : column.key === this.column?.key,
    );
    return Math.max(0, at);
  });
  /** The chosen text. */
  chosen = $derived.by((): SamplePlace | null => {
    const [row, column] = [this.gridRows[this.currentRow], this.gridColumns[this.currentColumn]];
    const places = row && column ? this.placesIn(row, column) : [];
    return places[this.repeat ?? 0] ?? places[0] ?? null;
  });

  failures = $derived.by(() => this.library.failures);
  arrivals = $derived(this.series.length);
  notices: readonly string[] = [];
  waitingFor = $derived.by(() => {
    const absent = this.page.inSight.find(
      (info) => !this.library.series.has(seriesKey(info)) && !this.library.failures.has(info.run),
    );
    return absent ? waitingForTexts(absent.run) : null;
  });

  constructor(
    private readonly page: Page,
    private readonly api: Api,
    signal: AbortSignal,
  ) {
    this.library = new Library(api, signal);
    this.blobs = new Blobs(api);
    this.#keepFollowing();
    this.#keepPrefetching(signal);
  }

  change(some: Partial<SamplesPlace>): void {
    Object.assign(this.place, some);
  }

  /** Goes to a text. */
  choose(row: number, column: number, token: number | null = null): void {
    const [to, across] = [this.gridRows[row], this.gridColumns[column]];
    if (!to || !across) return;
    this.change({ prompt: to.prompt, column: across.column.key, run: across.run, token });
    if (this.place.rows === "steps") this.page.goToIndex(row);
  }

  selectPrompt(prompt: number): void {
    if (prompt !== this.promptIndex) this.change({ prompt, token: null });
  }

  leaveExample(): void {
    this.change({ prompt: null, token: null, pinnedStep: null });
    this.hovered = null;
  }

  retry(): void {
    for (const info of this.page.inSight) void this.library.follow(info);
  }

  perform(action: Action): boolean {
    switch (action) {
      case "previous prompt":
        this.selectPrompt(Math.max(0, this.promptIndex - 1));
        return true;
      case "next prompt":
        this.selectPrompt(Math.min(this.prompts.length - 1, this.promptIndex + 1));
        return true;
      case "previous temperature":
        this.#stepColumn(-1);
        return true;
      case "next temperature":
        this.#stepColumn(1);
        return true;
      case "previous repeat":
        this.stepRepeat(-1);
        return true;
      case "next repeat":
        this.stepRepeat(1);
        return true;
      case "shade":
        this.change({ shade: !this.place.shade });
        return true;
      case "whole row":
        this.change({ whole: !this.place.whole });
        return true;
      case "release":
        this.change({ token: null });
        return false;
      default:
        return false;
    }
  }

  stepRepeat(by: number): void {
    const repeats = Array.from({ length: this.repeats }, (_, repeat) => repeat);
    this.change({ repeat: cycled(repeats, this.repeat ?? 0, by) ?? 0, token: null });
  }

  seriesOf(run: string): SampleSeries | null {
    return this.series.find((one) => one.run === run) ?? null;
  }

  trackOf(run: string): Track | null {
    return this.page.tracks.find(({ info }) => info.run === run) ?? null;
  }

  /** Returns the samples of a cell by repeat; of prompts, each run's latest by the step of the cursor. */
  placesIn({ step, prompt }: GridRow, { run, column }: GridColumn): SamplePlace[] {
    const series = this.seriesOf(run);
    const key = this.prompts[prompt]?.key;
    if (!series || key === undefined) return [];
    const at = indexUpTo(series.steps, step);
    const [held, setup] = [series.steps[at], series.setups[at]];
    if (held === undefined || !setup || (this.place.rows === "steps" && held !== step)) return [];
    return samplesIn(setup, key, column.key).map((sample) => ({ run, step: held, at, sample }));
  }

  textAt({ run, at, sample }: SamplePlace): string {
    return this.seriesOf(run)?.texts[at]?.[sample] ?? "";
  }

  /** Returns where the record of a text is; null while its steps are not known. */
  addressOf({ run, step }: Pick<SamplePlace, "run" | "step">): RecordAddress | null {
    const track = this.trackOf(run);
    if (!track) return null;
    const at = indexUpTo(track.steps.steps, step);
    const written = track.steps.wall_times[at];
    if (written === undefined || track.steps.steps[at] !== step) return null;
    return { run, tag: track.info.tag, step, written };
  }

  #stepColumn(by: number): void {
    const keys = this.columns.map(({ key }) => key);
    const column = this.column && cycled(keys, this.column.key, by);
    if (column) this.change({ column, token: null });
  }

  #keepFollowing(): void {
    $effect(() => {
      if (this.page.view !== "samples") return;
      for (const info of this.page.inSight) untrack(() => this.library.follow(info));
    });
  }

  /** Has the tokens around the cursor ready while tokens are looked at. */
  #keepPrefetching(signal: AbortSignal): void {
    $effect(() => {
      const { chosen, page } = this;
      if (!chosen || !(this.place.shade || this.place.token !== null)) return;
      const around = neighbours(page.stepIndex, page.steps.length, PREFETCH_REACH);
      const addresses = around.flatMap((index) => {
        const step = page.steps[index];
        return step === undefined ? [] : (this.addressOf({ run: chosen.run, step }) ?? []);
      });
      untrack(() => Promise.allSettled(addresses.map((address) => this.#prefetch(address, chosen.sample, signal))));
    });
  }

  async #prefetch(address: RecordAddress, sample: number, signal: AbortSignal): Promise<void> {
    const header = await this.api.blob({ ...address, index: 0 }, signal, "low");
    const index = readHeader(header).samples[sample]?.blob ?? -1;
    if (index > 0) await this.api.blob({ ...address, index }, signal, "low");
  }
}
