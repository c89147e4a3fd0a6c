/** The texts in sight, and what is chosen among them. */

import type { Api, RecordAddress } from "../host/api";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import type { Compared } from "../store/compared";
import { Growing } from "../store/growing.svelte";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { stepSeriesFrom } from "../store/stepSeries";
import { indexUpTo, latestBy, nearestIndex } from "../store/steps";
import { ViewState } from "../store/viewState.svelte";
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
import { type Marks, SAMPLES_START, type SamplesPlace } from "./place";
import { TEXTS } from "./record/series";
import type { SampleAddress, SampleSeries, SampleSetup } from "./types";

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

/** Texts beside each other, one column as a document, or A beside B. */
export type Layout = "grid" | "document" | "compared";

/** The part of the view's state that the rest of it is made from. */
export abstract class SamplesChoice extends ViewState<SamplesPlace> {
  /** Of the series in sight. */
  readonly texts: Growing<SampleSeries>;

  /** What is there of the runs in sight, in their order. */
  series = $derived.by((): SampleSeries[] =>
    this.session.view === "samples"
      ? this.session.inSight.flatMap((info) => this.texts.values.get(seriesKey(info)) ?? [])
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

  hasReferences = $derived(this.setups.some(({ references }) => references.length > 0));
  /** What texts are compared with: B of the page, else, if it is wished, what was expected. */
  against = $derived.by((): Compared | "reference" | null => {
    return this.session.b ?? (this.place.marks === "reference" && this.hasReferences ? "reference" : null);
  });
  layout = $derived.by((): Layout => {
    if (this.against) return "compared";
    return this.place.isAlone ? "document" : "grid";
  });
  /** What is marked where nothing is compared. */
  marks = $derived.by((): Marks => {
    return this.place.marks ?? (this.layout === "document" ? "new" : "nothing");
  });

  gridColumns = $derived.by((): GridColumn[] => {
    const { column } = this;
    const { runA } = this.session;
    const runs = this.against ? (runA === null ? [] : [runA]) : this.session.selectedRuns;
    const [run] = runs;
    if (runs.length > 1) return column ? runs.map((run) => ({ run, column })) : [];
    return run === undefined ? [] : this.columns.map((column) => ({ run, column }));
  });
  gridRows = $derived.by((): GridRow[] => {
    const { step, steps } = this.session;
    if (step === null) return [];
    return this.place.rows === "steps"
      ? steps.map((step) => ({ step, prompt: this.promptIndex }))
      : this.prompts.map((_, prompt) => ({ step, prompt }));
  });
  /** The row of the cursor. */
  currentRow = $derived.by(() => (this.place.rows === "steps" ? this.session.stepIndex : this.promptIndex));
  currentColumn = $derived.by(() => {
    const areRuns = new Set(this.gridColumns.map(({ run }) => run)).size > 1;
    const at = this.gridColumns.findIndex(({ run, column }) =>
      areRuns ? run === this.place.run : column.key === this.column?.key,
    );
    return Math.max(0, at);
  });
  /** The chosen text. */
  chosen = $derived.by((): SampleAddress | null => {
    const { step } = this.session;
    const column = this.gridColumns[this.currentColumn];
    const addresses = column && step !== null ? this.addressesIn({ step, prompt: this.promptIndex }, column) : [];
    return this.shownOf(addresses)[0] ?? null;
  });

  get areRowsSteps(): boolean {
    return this.layout !== "compared" && this.place.rows === "steps";
  }

  constructor(
    readonly session: Session,
    api: Api,
    signal: AbortSignal,
  ) {
    super(SAMPLES_START);
    this.texts = new Growing(stepSeriesFrom(api, TEXTS), signal);
  }

  /** Goes to a text. */
  choose(row: number, column: number, token: number | null = null): void {
    const [to, across] = [this.gridRows[row], this.gridColumns[column]];
    if (!to || !across) return;
    this.session.linked = null;
    this.change({ prompt: to.prompt, column: across.column.key, run: across.run, token });
    if (this.place.rows === "steps") this.session.goToIndex(row);
  }

  /** Goes to a text, wherever it is. */
  goTo(address: SampleAddress): void {
    const setup = this.seriesOf(address.run)?.setups[address.at];
    const key = setup?.samples[address.sample];
    if (!setup || !key) return;
    const promptKey = promptKeysOf(setup)[key.prompt];
    this.change({
      prompt: Math.max(
        0,
        this.prompts.findIndex((prompt) => prompt.key === promptKey),
      ),
      column: columnKey(key),
      run: address.run,
      repeat: this.place.repeat === null ? null : key.repeat,
      token: null,
    });
    this.session.goToIndex(nearestIndex(this.session.steps, address.step));
  }

  selectPrompt(prompt: number): void {
    this.session.linked = null;
    if (prompt !== this.promptIndex) this.change({ prompt, token: null });
  }

  stepPrompt(by: number): void {
    this.selectPrompt(Math.min(this.prompts.length - 1, Math.max(0, this.promptIndex + by)));
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
    return this.session.tracks.find(({ info }) => info.run === run) ?? null;
  }

  /** Returns those of a cell's samples that are in sight. */
  shownOf(addresses: readonly SampleAddress[]): readonly SampleAddress[] {
    const { repeat } = this;
    return repeat === null ? addresses : addresses.slice(Math.min(repeat, addresses.length - 1)).slice(0, 1);
  }

  /** Returns the samples of a cell by repeat; where rows are not steps, each run's latest by the step of the cursor. */
  addressesIn({ step, prompt }: GridRow, { run, column }: GridColumn): SampleAddress[] {
    const series = this.seriesOf(run);
    const key = this.prompts[prompt]?.key;
    if (!series || key === undefined) return [];
    const at = latestBy(series.steps, step);
    const [held, setup] = [series.steps[at], series.setups[at]];
    if (held === undefined || !setup || (this.areRowsSteps && held !== step)) return [];
    return samplesIn(setup, key, column.key).map((sample) => ({ run, step: held, at, sample }));
  }

  textAt({ run, at, sample }: SampleAddress): string {
    return this.seriesOf(run)?.entries[at]?.[sample] ?? "";
  }

  /** Returns where the record of a text is; null while its steps are not known. */
  recordOf({ run, step }: Pick<SampleAddress, "run" | "step">): RecordAddress | null {
    const track = this.trackOf(run);
    if (!track) return null;
    const at = indexUpTo(track.steps.steps, step);
    const written = track.steps.wall_times[at];
    if (written === undefined || track.steps.steps[at] !== step) return null;
    return { run, tag: track.info.tag, step, written };
  }
}
