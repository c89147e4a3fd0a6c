/** The one store: the place, what follows from it, and everything that changes it. */

import { untrack } from "svelte";
import type { Api } from "./api";
import type { Hover } from "./attention/types";
import type { Theme } from "./colour";
import { findLayer, layerKey, listedLayers } from "./record/layers";
import type { LoadedRecord, Wish } from "./record/record";
import { Catalogue, seriesKey, type Track } from "./store/catalogue.svelte";
import { Loader, type Request } from "./store/loader.svelte";
import { Patience } from "./store/patience.svelte";
import { type Place, START } from "./store/place";
import { cycled, effectiveExample, effectiveRuns, examplesOf, runsOf, toggled } from "./store/selection";
import { countAfter, indexUpTo, nearestIndex, neighbours, playPause, unionOfSteps } from "./store/steps";
import { WAITING_FOR_LIST, waitingForRecord, waitingForSteps } from "./words";

const PREFETCH_REACH = 2;
const POLL_MS = 5000;
const NO_HOVER: Hover = { query: null, key: null };

export class Page {
  place = $state<Place>({ ...START });
  theme = $state<Theme>("light");
  hover = $state.raw<Hover>(NO_HOVER);
  /** The place that a link asked for, until the user goes elsewhere. */
  linked = $state.raw<Readonly<Place> | null>(null);
  playing = $state(false);
  railIsOpen = $state(true);
  helpIsOpen = $state(false);
  /** The last step that the user has been shown on the slider. */
  #seenStep = $state<number | null>(null);
  /** Grows when what failed is to be tried again. */
  #attempt = $state(0);
  /** Addresses that TensorBoard listed, but did not have. */
  #dropped = new Set<string>();

  readonly catalogue: Catalogue;
  readonly loader: Loader;

  series = $derived.by(() => this.catalogue.list?.series.filter(({ kind }) => kind === this.place.view) ?? []);
  runs = $derived(runsOf(this.series));
  selectedRuns = $derived(effectiveRuns(this.series, this.place.runs));
  examples = $derived(examplesOf(this.series, this.selectedRuns));
  example = $derived(effectiveExample(this.series, this.selectedRuns, this.place.example));
  /** The series in sight, by run. */
  inSight = $derived(
    this.selectedRuns.flatMap(
      (run) => this.series.find((info) => info.run === run && info.name === this.example) ?? [],
    ),
  );
  tracks = $derived.by((): Track[] => this.inSight.flatMap((info) => this.catalogue.tracks.get(seriesKey(info)) ?? []));
  steps = $derived(unionOfSteps(this.tracks.map(({ steps }) => steps.steps)));
  stepIndex = $derived(this.place.step === null ? this.steps.length - 1 : nearestIndex(this.steps, this.place.step));
  step = $derived(this.steps[this.stepIndex] ?? null);
  newSteps = $derived(this.place.step === null || this.#seenStep === null ? 0 : countAfter(this.steps, this.#seenStep));

  /** How many logged steps TensorBoard does not hold, of the run that misses most. */
  missingSteps = $derived.by(() => {
    const missing = this.tracks.map(({ info, steps }) => {
      const logged = this.catalogue.newest.get(seriesKey(info))?.logged ?? 0;
      return logged - steps.steps.length;
    });
    return Math.max(0, ...missing);
  });

  /** The records shown, in the order of the runs. */
  records = $derived.by(() => this.selectedRuns.flatMap((run) => this.loader.shown.get(run) ?? []));
  /** The record that the rail, the overview and the text follow. */
  first = $derived(this.records[0] ?? null);
  layer = $derived(this.first?.header.layers[this.first.layer] ?? null);
  measures = $derived(this.tracks.find(({ info }) => info.run === this.first?.address.run)?.measures ?? null);

  /** What the page cannot go on without, in words; null if it has all that was asked for. */
  waitingFor = $derived.by(() => {
    if (!this.catalogue.list) return WAITING_FOR_LIST;
    const unknown = this.inSight.find((info) => !this.catalogue.tracks.has(seriesKey(info)));
    if (unknown) return waitingForSteps(unknown.run);
    return this.loader.loading && this.step !== null ? waitingForRecord(this.step, this.place.layer) : null;
  });
  patience = new Patience(() => this.waitingFor !== null);

  constructor(api: Api, signal: AbortSignal) {
    this.catalogue = new Catalogue(api, signal);
    this.loader = new Loader(api);
    signal.addEventListener("abort", () => this.loader.stop());
    this.#keepLoading();
    this.#keepFollowing();
    this.#keepAskingForDropped();
    this.#keepChoices();
    this.#keepPlaying();
    this.#keepPolling(signal);
  }

  /** Goes where a link leads. */
  follow(place: Place): void {
    this.linked = place;
    this.change(place);
  }

  change(some: Partial<Place>): void {
    Object.assign(this.place, some);
  }

  /** Asks TensorBoard what is new, and again for what it could not give. */
  async refresh(): Promise<void> {
    await this.catalogue.refresh();
    if (this.catalogue.failure) return;
    await Promise.all(this.inSight.map((info) => this.catalogue.follow(info)));
    if ([...this.loader.failures.values()].some(({ reason }) => reason === "gone")) this.#attempt += 1;
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

  toggleRun(run: string): void {
    const others = this.selectedRuns.filter((other) => other !== run);
    const runs = others.length === this.selectedRuns.length ? [...others, run] : others;
    if (runs.length === 0) return;
    this.#leaveSeries();
    this.change({ runs });
  }

  isolateRun(run: string): void {
    this.#leaveSeries();
    this.change({ runs: [run] });
  }

  selectExample(example: string): void {
    if (example === this.example) return;
    this.#leaveTokens();
    this.#leaveSeries();
    this.change({ example });
  }

  selectHead(layer: number, head: number): void {
    const chosen = this.first?.header.layers[layer];
    if (!chosen) return;
    const { layer: current } = this;
    if (chosen.query_axis !== current?.query_axis || chosen.key_axis !== current.key_axis) this.#leaveTokens();
    this.linked = null;
    this.change({ layer: layerKey(chosen), head, heads: [head] });
  }

  stepLayer(by: number): void {
    if (!this.first) return;
    const layer = cycled(listedLayers(this.first.header), this.first.layer, by);
    if (layer === undefined) return;
    const heads = this.first.header.layers[layer]?.heads ?? 1;
    this.selectHead(layer, Math.min(this.first.head, heads - 1));
  }

  stepHead(by: number): void {
    if (!this.first || !this.layer) return;
    const { head, heads } = this.first;
    const several = heads.length > 1 ? heads : Array.from({ length: this.layer.heads }, (_, index) => index);
    const next = cycled(several, head, by) ?? 0;
    this.change({ head: next, heads: heads.length > 1 ? heads : [next] });
  }

  toggleHead(head: number): void {
    if (!this.first) return;
    const heads = toggled(this.first.heads, head);
    const focus = heads.includes(head) ? head : (heads.find((other) => other === this.first?.head) ?? heads[0]);
    this.change({ heads, head: focus ?? 0 });
  }

  isolateHead(head: number): void {
    if (!this.first || !this.layer) return;
    const isAlone = this.first.heads.length === 1 && this.first.heads[0] === head;
    const all = Array.from({ length: this.layer.heads }, (_, index) => index);
    this.change({ head, heads: isAlone ? all : [head] });
  }

  pin(query: number | null): void {
    this.change({ pin: query });
  }

  /** Whether a run's record shows the same layer as the first one's. */
  hasFocusedLayer(record: LoadedRecord): boolean {
    const layer = record.header.layers[record.layer];
    return layer !== undefined && this.layer !== null && layerKey(layer) === layerKey(this.layer);
  }

  /** Other series have other steps. */
  #leaveSeries(): void {
    this.#seenStep = null;
    this.linked = null;
  }

  /** Pins, zoom and pointer name tokens; other tokens make them meaningless. */
  #leaveTokens(): void {
    this.change({ pin: null, viewport: null });
    this.hover = NO_HOVER;
  }

  /** The records at a place of the slider: each run's latest by then. */
  #requestsAt(index: number): Request[] {
    const step = this.steps[index];
    if (step === undefined) return [];
    return this.tracks.flatMap(({ info, steps, measures }) => {
      const at = indexUpTo(steps.steps, step);
      const [held, written] = [steps.steps[at], steps.wall_times[at]];
      if (held === undefined || written === undefined) return [];
      return [{ address: { run: info.run, tag: info.tag, step: held, written }, measures }];
    });
  }

  #keepLoading(): void {
    $effect(() => {
      void this.#attempt;
      const { layer, head, heads } = this.place;
      const wish: Wish = { layer, head, heads: heads && [...heads] };
      const requests = this.#requestsAt(this.stepIndex);
      const around = neighbours(this.stepIndex, this.steps.length, PREFETCH_REACH);
      const ahead = around.flatMap((index) => this.#requestsAt(index));
      untrack(async () => {
        await this.loader.show(requests, wish);
        await this.loader.prepare(ahead, wish);
      });
    });
  }

  #keepFollowing(): void {
    $effect(() => {
      for (const info of this.inSight)
        untrack(() => Promise.all([this.catalogue.follow(info), this.catalogue.describe(info)]));
    });
  }

  /** TensorBoard may have dropped a step since it listed it. */
  #keepAskingForDropped(): void {
    $effect(() => {
      for (const [run, { reason }] of this.loader.failures) {
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
      void this.loader.arrivals;
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
      if (this.place.runs === null && this.selectedRuns.length > 0) this.change({ runs: this.selectedRuns });
      if (this.place.example === null && this.example !== null) this.change({ example: this.example });
      const isKnown = this.first !== null && findLayer(this.first.header, this.place.layer) >= 0;
      // A link's wish stands, for the layer may come with another record; one's own gives way.
      const isOpen = this.place.layer === null || this.linked === null;
      if (!isKnown && isOpen && this.layer && this.first) {
        this.change({ layer: layerKey(this.layer), head: this.first.head, heads: [...this.first.heads] });
      }
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
