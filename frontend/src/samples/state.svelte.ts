/** The store of the samples view: its place, the texts in sight, and what is chosen among them. */

import { untrack } from "svelte";
import type { Api, RecordAddress } from "../host/api";
import type { Page } from "../page/page.svelte";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import type { Action } from "../store/keys";
import { cycled } from "../store/selection";
import { indexUpTo, nearestIndex } from "../store/steps";
import type { ViewState } from "../store/view";
import { copyText } from "../ui/clipboard";
import { Comparison } from "./compare/comparison.svelte";
import { unknownColumn, unknownPrompt, waitingForTexts } from "./en";
import type { ExportRow } from "./exporting";
import { exportRow } from "./exportRows";
import { Filtering } from "./find/filtering.svelte";
import { Finder } from "./find/finder.svelte";
import {
  type Column,
  columnKey,
  columnsOf,
  mostRepeats,
  type Prompt,
  promptKeysOf,
  promptsOf,
  samplesIn,
} from "./grid/grid";
import { Measuring } from "./measuring.svelte";
import { performIn } from "./perform";
import { type Pane, SAMPLES_START, type SamplesPlace } from "./place";
import { Library } from "./record/library.svelte";
import { keepPrefetching } from "./record/prefetching.svelte";
import type { SamplePlace, SampleSeries, SampleSetup } from "./types";

const COPIED_MS = 1500;

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

  /** Whether the chosen text has just been copied. */
  copied = $state(false);

  readonly library: Library;
  readonly blobs: Blobs;
  readonly filtering: Filtering;
  readonly finder: Finder;
  readonly measuring: Measuring;
  readonly comparison: Comparison;

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
  /** Texts are all there. */
  arrivals = $derived.by(() => this.page.stepIndex);
  isDrawn = $derived(this.series.length > 0);
  notices = $derived.by(() => {
    const wanted = this.page.linked?.samples;
    const notices: string[] = [];
    if (!wanted || this.series.length === 0) return notices;
    if (wanted.prompt !== null && wanted.prompt !== this.promptIndex)
      notices.push(unknownPrompt(wanted.prompt, this.prompts.length));
    if (wanted.column !== null && this.column && wanted.column !== this.column.key)
      notices.push(unknownColumn(wanted.column, this.column));
    return notices;
  });
  waitingFor = $derived.by(() => {
    const absent = this.page.inSight.find(
      (info) => !this.library.series.has(seriesKey(info)) && !this.library.failures.has(info.run),
    );
    return absent ? waitingForTexts(absent.run) : null;
  });

  constructor(
    private readonly page: Page,
    api: Api,
    signal: AbortSignal,
  ) {
    this.library = new Library(api, signal);
    this.blobs = new Blobs(api);
    this.measuring = new Measuring(page, this);
    this.comparison = new Comparison(page, this);
    this.filtering = new Filtering(this);
    this.finder = new Finder(this, signal);
    this.#keepFollowing();
    keepPrefetching(page, this, api, signal);
  }

  change(some: Partial<SamplesPlace>): void {
    Object.assign(this.place, some);
  }

  /** Goes to a text. */
  choose(row: number, column: number, token: number | null = null): void {
    const [to, across] = [this.gridRows[row], this.gridColumns[column]];
    if (!to || !across) return;
    this.page.linked = null;
    this.change({ prompt: to.prompt, column: across.column.key, run: across.run, token });
    if (this.place.rows === "steps") this.page.goToIndex(row);
  }

  /** Goes to a text, wherever it is. */
  goTo(place: SamplePlace): void {
    const setup = this.seriesOf(place.run)?.setups[place.at];
    const key = setup?.samples[place.sample];
    if (!setup || !key) return;
    const promptKey = promptKeysOf(setup)[key.prompt];
    this.change({
      prompt: Math.max(
        0,
        this.prompts.findIndex((prompt) => prompt.key === promptKey),
      ),
      column: columnKey(key),
      run: place.run,
      repeat: this.place.repeat === null ? null : key.repeat,
      token: null,
    });
    this.page.goToIndex(nearestIndex(this.page.steps, place.step));
  }

  /** Returns the name of the attention record of a text, null where none is held. */
  attentionOf(run: string, name: string): string | null {
    const series = this.page.catalogue.list?.series ?? [];
    const isHeld = series.some((info) => info.kind === "attention" && info.run === run && info.name === name);
    return isHeld ? name : null;
  }

  /** Goes to what a token looked at when it was chosen; `query`: its row, null for all of them. */
  showAttention({ run, step }: SamplePlace, example: string, query: number | null): void {
    const { page } = this;
    const { attention } = page;
    const focus = page.place.examples.attention === example ? {} : { layer: null, head: null, heads: null };
    page.selectView("attention");
    page.follow({
      ...page.link,
      page: { ...page.place, runs: [run], examples: { ...page.place.examples, attention: example }, step },
      attention: { ...attention.place, ...focus, pin: query, viewport: null },
    });
  }

  selectPrompt(prompt: number): void {
    this.page.linked = null;
    if (prompt !== this.promptIndex) this.change({ prompt, token: null });
  }

  leaveExample(): void {
    this.change({ prompt: null, filteredPrompts: null, token: null, pinnedStep: null });
    this.hovered = null;
  }

  retry(): void {
    for (const info of this.page.inSight) void this.library.follow(info);
  }

  perform(action: Action): boolean {
    return performIn(this, action);
  }

  togglePane(pane: Pane): void {
    this.change({ pane: this.place.pane === pane ? null : pane });
  }

  /** Puts the chosen text on the clipboard. */
  async copy(): Promise<void> {
    if (!this.chosen) return;
    this.copied = await copyText(this.textAt(this.chosen));
    setTimeout(() => {
      this.copied = false;
    }, COPIED_MS);
  }

  stepColumn(by: number): void {
    const keys = this.columns.map(({ key }) => key);
    const column = this.column && cycled(keys, this.column.key, by);
    if (column) this.change({ column, token: null });
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

  /** The texts of all steps of the runs in sight. */
  *everyText(): Generator<string> {
    for (const { texts } of this.series) for (const ofStep of texts) yield* ofStep;
  }

  exportRows(places: readonly SamplePlace[]): ExportRow[] {
    return places.flatMap((place) => {
      const series = this.seriesOf(place.run);
      return (series && exportRow(series, place, this.measuring.all, this.measuring.of(place))) ?? [];
    });
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

  #keepFollowing(): void {
    $effect(() => {
      if (this.page.view !== "samples") return;
      const { info: other } = this.comparison;
      const followed = other ? [...this.page.inSight, other] : this.page.inSight;
      for (const info of followed) untrack(() => this.library.follow(info));
    });
  }
}
