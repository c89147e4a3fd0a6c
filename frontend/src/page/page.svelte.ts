/** The one store: what all views share, and everything that changes it. What a view adds is in `state.svelte.ts` of its folder. */

import { untrack } from "svelte";
import { AttentionState } from "../attention/state.svelte";
import type { Theme } from "../draw/colour";
import { EmbeddingsState } from "../embeddings/state.svelte";
import type { Api } from "../host/api";
import { WAITING_FOR_LIST, waitingForSteps } from "../language/en";
import { SamplesState } from "../samples/state.svelte";
import { Catalogue, seriesKey, type Track } from "../store/catalogue.svelte";
import { Patience } from "../store/patience.svelte";
import { type Place, START, VIEWS, type View } from "../store/place";
import { effectiveExample, effectiveRuns, examplesOf, runsOf, steppedBy } from "../store/selection";
import { countAfter, indexUpTo, nearestIndex, playPause, unionOfSteps } from "../store/steps";
import type { ViewState } from "../store/view";
import { StructureState } from "../structure/state.svelte";
import type { Link } from "./url";

const POLL_MS = 5000;

export class Page {
  place = $state<Place>({ ...START });
  theme = $state<Theme>("light");
  /** The place that a link asked for, until the user goes elsewhere. */
  linked = $state.raw<Readonly<Link> | null>(null);
  playing = $state(false);
  railIsOpen = $state(true);
  helpIsOpen = $state(false);
  /** The last step that the user has been shown on the slider. */
  #seenStep = $state<number | null>(null);
  /** Addresses that TensorBoard listed, but did not have. */
  #dropped = new Set<string>();

  readonly catalogue: Catalogue;
  readonly attention: AttentionState;
  readonly samples: SamplesState;
  readonly structure: StructureState;
  readonly embeddings: EmbeddingsState;

  /** The views that have data. */
  views = $derived.by(() => VIEWS.filter((view) => this.catalogue.list?.series.some(({ kind }) => kind === view)));
  view = $derived.by(
    (): View => this.views.find((view) => view === this.place.view) ?? this.views[0] ?? this.place.view ?? "attention",
  );

  series = $derived.by(() => this.catalogue.list?.series.filter(({ kind }) => kind === this.view) ?? []);
  runs = $derived(runsOf(this.series));
  selectedRuns = $derived(effectiveRuns(this.series, this.place.runs));
  examples = $derived(examplesOf(this.series, this.selectedRuns));
  example = $derived(effectiveExample(this.series, this.selectedRuns, this.place.examples[this.view] ?? null));
  /** The series in sight, by run. */
  inSight = $derived(
    this.selectedRuns.flatMap(
      (run) => this.series.find((info) => info.run === run && info.name === this.example) ?? [],
    ),
  );
  /** The series whose steps the slider goes over. */
  stepped = $derived.by(() => this.inSight.map((info) => steppedBy(this.catalogue.list?.series ?? [], info)));
  tracks = $derived.by((): Track[] => this.stepped.flatMap((info) => this.catalogue.tracks.get(seriesKey(info)) ?? []));
  steps = $derived(unionOfSteps(this.tracks.map(({ steps }) => steps.steps)));
  stepIndex = $derived(this.place.step === null ? this.steps.length - 1 : nearestIndex(this.steps, this.place.step));
  step = $derived(this.steps[this.stepIndex] ?? null);
  newSteps = $derived(this.place.step === null || this.#seenStep === null ? 0 : countAfter(this.steps, this.#seenStep));

  #followed = $derived([...new Set([...this.inSight, ...this.stepped])]);

  /** When the step was written, in seconds since 1970. */
  written = $derived.by(() => {
    const [track] = this.tracks;
    if (!track || this.step === null) return null;
    return track.steps.wall_times[indexUpTo(track.steps.steps, this.step)] ?? null;
  });

  /** How many logged steps TensorBoard does not hold, of the run that misses most. */
  missingSteps = $derived.by(() => {
    const missing = this.tracks.map(({ info, steps }) => {
      const logged = this.catalogue.newest.get(seriesKey(info))?.logged ?? 0;
      return logged - steps.steps.length;
    });
    return Math.max(0, ...missing);
  });

  /** What the page cannot go on without, in words; null if it has all that was asked for. */
  waitingFor = $derived.by(() => {
    if (!this.catalogue.list) return WAITING_FOR_LIST;
    const unknown = this.#followed.find((info) => !this.catalogue.tracks.has(seriesKey(info)));
    return unknown ? waitingForSteps(unknown.run) : this.shown.waitingFor;
  });
  patience = new Patience(() => this.waitingFor !== null);

  constructor(api: Api, signal: AbortSignal) {
    this.catalogue = new Catalogue(api, signal);
    this.attention = new AttentionState(this, api, signal);
    this.samples = new SamplesState(this, api, signal);
    this.structure = new StructureState(this, api, signal);
    this.embeddings = new EmbeddingsState(this, api, signal);
    this.#keepFollowing();
    this.#keepAskingForDropped();
    this.#keepChoices();
    this.#keepPlaying();
    this.#keepPolling(signal);
  }

  /** What the view in sight adds. */
  get shown(): ViewState {
    return this[this.view];
  }

  /** Everything that a link to here carries. */
  get link(): Link {
    return {
      page: this.place,
      attention: this.attention.place,
      samples: this.samples.place,
      structure: this.structure.place,
      embeddings: this.embeddings.place,
    };
  }

  /** Goes where a link leads. */
  follow(link: Link): void {
    this.#leaveSeries();
    this.linked = link;
    this.change(link.page);
    this.attention.change(link.attention);
    this.samples.change(link.samples);
    this.structure.change(link.structure);
    this.embeddings.change(link.embeddings);
  }

  change(some: Partial<Place>): void {
    Object.assign(this.place, some);
  }

  /** Asks TensorBoard what is new, and again for what it could not give. */
  async refresh(): Promise<void> {
    await this.catalogue.refresh();
    if (this.catalogue.failure) return;
    await Promise.all(this.#followed.map((info) => this.catalogue.follow(info)));
    if ([...this.shown.failures.values()].some(({ reason }) => reason === "gone")) this.shown.retry();
  }

  goToIndex(index: number): void {
    const step = this.steps[Math.min(this.steps.length - 1, Math.max(0, index))];
    if (step === undefined) return;
    const last = this.steps[this.steps.length - 1] as number;
    this.#seenStep = last;
    this.linked = null;
    this.change({ step: step === last ? null : step });
  }

  togglePlay(): void {
    if (!this.playing && this.stepIndex === this.steps.length - 1) this.goToIndex(0);
    this.playing = !this.playing && this.steps.length > 1;
  }

  /** Shows another view; each keeps what it showed, the step is that of all. */
  selectView(view: View): void {
    this.#leaveSeries();
    this.change({ view });
  }

  toggleRun(run: string): void {
    const others = this.selectedRuns.filter((other) => other !== run);
    const runs = others.length === this.selectedRuns.length ? [...others, run] : others;
    if (runs.length > 0) this.#selectRuns(runs);
  }

  isolateRun(run: string): void {
    this.#selectRuns([run]);
  }

  selectExample(example: string): void {
    if (example === this.example) return;
    this.shown.leaveExample();
    this.#leaveSeries();
    this.#keepExample(example);
  }

  /** Runs that only other views have stay chosen there. */
  #selectRuns(runs: string[]): void {
    const known = new Set(this.catalogue.list?.series.map(({ run }) => run));
    const elsewhere = this.place.runs?.filter((run) => known.has(run) && !this.runs.includes(run)) ?? [];
    this.#leaveSeries();
    this.change({ runs: [...runs, ...elsewhere] });
  }

  #keepExample(example: string): void {
    this.change({ examples: { ...this.place.examples, [this.view]: example } });
  }

  /** Other series have other steps. */
  #leaveSeries(): void {
    this.#seenStep = null;
    this.linked = null;
  }

  #keepFollowing(): void {
    $effect(() => {
      for (const info of this.#followed)
        untrack(() => Promise.all([this.catalogue.follow(info), this.catalogue.describe(info)]));
    });
  }

  /** TensorBoard may have dropped a step since it listed it. */
  #keepAskingForDropped(): void {
    $effect(() => {
      for (const [run, { reason }] of this.shown.failures) {
        const info = this.inSight.find((one) => one.run === run);
        if (reason !== "missing" || !info) continue;
        const name = `${seriesKey(info)}\n${this.step}`;
        if (this.#dropped.has(name)) continue;
        this.#dropped.add(name);
        untrack(() => this.catalogue.forget(info));
        untrack(() => this.catalogue.follow(info));
      }
    });
  }

  #keepPlaying(): void {
    $effect(() => {
      if (!this.playing) return;
      void this.shown.arrivals;
      const timer = setTimeout(() => {
        if (this.stepIndex >= this.steps.length - 1) this.playing = false;
        else this.goToIndex(this.stepIndex + 1);
      }, playPause(this.steps.length));
      return () => clearTimeout(timer);
    });
  }

  /** Writes down what the page chose, so that it stays and the address says it. */
  #keepChoices(): void {
    $effect(() => {
      if (this.place.view === null && this.views.length > 0) this.change({ view: this.view });
      if (this.place.runs === null && this.selectedRuns.length > 0) this.change({ runs: this.selectedRuns });
      if (this.place.examples[this.view] === undefined && this.example !== null) this.#keepExample(this.example);
    });
    $effect(() => {
      const last = this.steps[this.steps.length - 1];
      const isComplete = this.tracks.length === this.inSight.length;
      if (isComplete && last !== undefined && (this.place.step === null || this.#seenStep === null))
        this.#seenStep = last;
    });
  }

  #keepPolling(signal: AbortSignal): void {
    const poll = () => {
      if (document.visibilityState === "visible") void this.refresh();
    };
    const timer = setInterval(poll, POLL_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    document.addEventListener("visibilitychange", poll, { signal });
    void this.refresh();
  }
}
