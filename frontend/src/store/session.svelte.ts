/** What all views share, and everything that changes it. What a view adds is in `state.svelte.ts` of its folder. */

import { untrack } from "svelte";
import { runColours } from "../draw/colour";
import type { Theme } from "../draw/inks";
import type { Api } from "../host/api";
import { common } from "../language/common";
import { Catalogue, seriesKey, type Track } from "./catalogue.svelte";
import { type Compared, runOf } from "./compared";
import { type KnownView, KnownViews } from "./knownViews";
import { Losses } from "./losses.svelte";
import { Patience } from "./patience.svelte";
import { type Link, type Place, START } from "./place";
import { effectiveExample, effectiveRuns, examplesOf, runsOf, steppedBy } from "./selection";
import { shortNames } from "./shortNames";
import { type StepLine, saysEnough } from "./stepLines";
import { countAfter, indexUpTo, nearestIndex, unionOfSteps } from "./steps";
import type { Target, ViewState } from "./viewState.svelte";

export class Session {
  place = $state<Place>({ ...START });
  theme = $state<Theme>("light");
  /** The place that a link asked for, until the user goes elsewhere. */
  linked = $state.raw<Readonly<Place> | null>(null);
  playing = $state(false);
  /** Whether the left side was opened or closed; null: the page says, by the room that there is. */
  rail = $state<boolean | null>(null);
  /** Whether the filter of the runs is to have the focus, as soon as it is there. */
  runIsSought = $state(false);
  /** Whether the right side is open. */
  details = $state(false);
  helpIsOpen = $state(false);
  /** Whether what can be saved is shown. */
  savingIsOpen = $state(false);
  /** Of the page, in CSS pixels. */
  width = $state(1280);
  /** The last step that the user has been shown on the slider. */
  #seenStep = $state<number | null>(null);

  readonly catalogue: Catalogue;
  readonly #known: KnownViews;

  /** The views that have data. */
  views = $derived.by(() =>
    this.#known.names.filter((view) => this.catalogue.list?.series.some(({ kind }) => this.#known.shows(view, kind))),
  );
  /** The view in sight. */
  view = $derived.by((): string => {
    const wish = this.#known.names.find((view) => view === this.place.view);
    return this.views.find((view) => view === wish) ?? this.views[0] ?? wish ?? this.#known.names[0] ?? "";
  });
  /** What it adds; null until it is loaded. */
  shown = $derived.by(() => this.#known.get(this.view));

  series = $derived.by(
    () => this.catalogue.list?.series.filter(({ kind }) => this.#known.shows(this.view, kind)) ?? [],
  );
  runs = $derived(runsOf(this.series));
  /** Of all runs of all views, so that each has the same name and colour everywhere. */
  #allRuns = $derived.by(() => runsOf(this.catalogue.list?.series ?? []));
  runNames = $derived(shortNames(this.#allRuns));
  runColours = $derived(runColours(this.#allRuns, this.theme));
  selectedRuns = $derived.by(() => {
    const { runs, b } = this.place;
    const compared = runOf(b);
    return effectiveRuns(this.series, compared === null ? runs : [...(runs ?? []), compared]);
  });
  /** Those of the view's own kind, if the runs have any. */
  #offered = $derived.by(() => {
    const own = this.series.filter(({ kind, run }) => kind === this.view && this.selectedRuns.includes(run));
    return own.length > 0 ? own : this.series;
  });
  examples = $derived(examplesOf(this.#offered, this.selectedRuns));
  example = $derived(effectiveExample(this.#offered, this.selectedRuns, this.place.examples[this.view] ?? null));
  /** The series in sight, by run. */
  inSight = $derived(
    this.selectedRuns.flatMap(
      (run) => this.#offered.find((info) => info.run === run && info.name === this.example) ?? [],
    ),
  );
  /** The series whose steps the slider goes over. */
  stepped = $derived.by(() => this.inSight.map((info) => steppedBy(this.catalogue.list?.series ?? [], info)));
  tracks = $derived.by((): Track[] => this.stepped.flatMap((info) => this.catalogue.tracks.get(seriesKey(info)) ?? []));
  steps = $derived(unionOfSteps(this.tracks.map(({ steps }) => steps.steps)));
  stepIndex = $derived(this.place.step === null ? this.steps.length - 1 : nearestIndex(this.steps, this.place.step));
  step = $derived(this.steps[this.stepIndex] ?? null);
  newSteps = $derived(this.place.step === null || this.#seenStep === null ? 0 : countAfter(this.steps, this.#seenStep));

  /** What A is compared with, as far as there is such a thing. */
  b = $derived.by((): Compared | null => {
    const wish = this.place.b ?? this.shown?.impliedB ?? null;
    const run = runOf(wish);
    return run !== null && (!this.selectedRuns.includes(run) || this.selectedRuns.length < 2) ? null : wish;
  });
  /** Where B is among the steps; -1 without one. */
  indexB = $derived.by(() => {
    if (!this.b) return -1;
    return "step" in this.b ? nearestIndex(this.steps, this.b.step) : this.stepIndex;
  });
  stepB = $derived(this.steps[this.indexB] ?? null);
  /** The run of A. */
  runA = $derived.by(() => this.selectedRuns.find((run) => run !== runOf(this.b)) ?? null);
  /** The run of B: another one, or the same at another step. */
  runB = $derived.by(() => (this.b ? (runOf(this.b) ?? this.runA) : null));

  /** What the step bar can draw: the loss where it is known, and what the view measures. */
  lines = $derived.by((): StepLine[] => {
    const loss = this.lossOf(this.runA);
    return [...(loss ? [loss] : []), ...(this.shown?.stepLines ?? [])];
  });
  line = $derived.by((): StepLine | null => {
    const lineOf = (wish: string | null | undefined) => this.lines.find(({ key }) => key === wish);
    const chosen = lineOf(this.place.line) ?? lineOf(this.shown?.impliedLine);
    return chosen ?? this.lines.find(saysEnough) ?? this.lines[0] ?? null;
  });

  /** The series whose steps are asked for. */
  followed = $derived([...new Set([...this.inSight, ...this.stepped])]);

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
    if (!this.catalogue.list) return common.WAITING_FOR_LIST;
    const unknown = this.followed.find((info) => !this.catalogue.tracks.has(seriesKey(info)));
    return unknown ? common.waitingForSteps(unknown.run) : (this.shown?.waitingFor ?? null);
  });
  readonly #losses: Losses;
  patience = new Patience(() => this.waitingFor !== null);

  constructor(known: readonly KnownView[], api: Api, signal: AbortSignal) {
    this.catalogue = new Catalogue(api, signal);
    this.#known = new KnownViews(known);
    this.#losses = new Losses(api, signal, () => this.tracks);
    this.#keepFollowing();
    this.#keepChoices();
  }

  /** Returns when a step was written, in seconds since 1970; null where that is not known. */
  writtenAt(step: number): number | null {
    const [track] = this.tracks;
    return track?.steps.wall_times[indexUpTo(track.steps.steps, step)] ?? null;
  }

  /** Returns that a run has nothing by a step yet, in words; null where it has, or where that is not known. */
  notYet(run: string | null, step = this.step): string | null {
    const first = this.tracks.find(({ info }) => info.run === run)?.steps.steps[0];
    if (run === null || step === null || first === undefined || first <= step) return null;
    return common.notYet(run, first, step);
  }

  /** Returns the loss of a run over the steps; null where it is not known. */
  lossOf(run: string | null): StepLine | null {
    return this.#losses.lineOf(
      this.tracks.find(({ info }) => info.run === run),
      this.steps,
    );
  }

  /** Takes the state of a view that was loaded, and leads it where it was to begin. */
  adopt(view: string, state: ViewState): void {
    this.#known.adopt(view, state);
  }

  has(view: string): boolean {
    return this.#known.get(view) !== null;
  }

  /** Everything that a link to here carries. */
  get link(): Link {
    return { page: this.place, views: this.#known.places };
  }

  /** Goes where a link leads. */
  follow({ page, views }: Link): void {
    this.#leaveSeries();
    this.linked = page;
    this.change(page);
    this.#known.follow(views);
  }

  /** Goes to what another view has of a run; `step`: null for the newest. */
  goTo(view: string, run: string, example: string, target: Target = {}, step = this.place.step): void {
    const place = this.#known.pointedAt(view, target);
    if (!place) return;
    const examples = { ...this.place.examples, [view]: example };
    this.follow({ page: { ...this.place, view, runs: [run], examples, step, b: null }, views: { [view]: place } });
  }

  change(some: Partial<Place>): void {
    Object.assign(this.place, some);
  }

  /** Asks TensorBoard what is new, and again for what it could not give. */
  async refresh(): Promise<void> {
    await this.catalogue.refresh();
    if (this.catalogue.failure) return;
    await Promise.all(this.followed.map((info) => this.catalogue.follow(info)));
    for (const answers of this.shown?.answers ?? []) answers.forgetFailures();
    if ([...(this.shown?.failures.values() ?? [])].some(({ reason }) => reason === "gone")) this.shown?.retry();
  }

  goToIndex(index: number): void {
    const step = this.steps[Math.min(this.steps.length - 1, Math.max(0, index))];
    if (step === undefined) return;
    const last = this.steps[this.steps.length - 1] as number;
    this.#seenStep = last;
    this.linked = null;
    this.change({ step: step === last ? null : step });
  }

  /** Compares with the step at an index. */
  compareAt(index: number): void {
    const step = this.steps[Math.min(this.steps.length - 1, Math.max(0, index))];
    if (step !== undefined) this.change({ b: { step } });
  }

  /** Compares with another run, which is shown as long as it is B. */
  compareWithRun(run: string): void {
    this.#leaveSeries();
    this.change({ runs: this.place.runs ?? this.selectedRuns, b: { run } });
  }

  /** Compares with nothing. Returns whether there was something. */
  stopComparing(): boolean {
    const { b } = this;
    if (!b) return false;
    if (runOf(b) !== null) this.#leaveSeries();
    this.change({ b: null });
    return true;
  }

  /** Shows another run as A; B stays, unless it is this run. */
  showAsA(run: string): void {
    const { b } = this.place;
    this.#selectRuns([run]);
    if (runOf(b) !== run) this.change({ b });
  }

  togglePlay(): void {
    if (!this.playing && this.stepIndex === this.steps.length - 1) this.goToIndex(0);
    this.playing = !this.playing && this.steps.length > 1;
  }

  /** Shows another view; each keeps what it showed, the step is that of all. */
  selectView(view: string): void {
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
    this.shown?.leaveExample();
    this.#leaveSeries();
    this.#keepExample(example);
  }

  /** Runs that only other views have stay chosen there. */
  #selectRuns(runs: string[]): void {
    const known = new Set(this.catalogue.list?.series.map(({ run }) => run));
    const elsewhere = this.place.runs?.filter((run) => known.has(run) && !this.runs.includes(run)) ?? [];
    this.#leaveSeries();
    const compared = runOf(this.place.b);
    const b = compared !== null && !runs.includes(compared) ? null : this.place.b;
    this.change({ runs: [...runs, ...elsewhere], b });
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
    // Before anything is drawn: the answers come while it is.
    $effect.pre(() => {
      for (const info of this.followed)
        untrack(() => Promise.all([this.catalogue.follow(info), this.catalogue.describe(info)]));
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
}
