/** The store of the attention view: its place, the records drawn, the pointer. */

import { untrack } from "svelte";
import type { Api } from "../host/api";
import { cycled, toggled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { indexUpTo, neighbours } from "../store/steps";
import { ViewState } from "../store/viewState.svelte";
import { focusRunFinder } from "../ui/finder";
import { unknownLayer, waitingForRecord } from "./en";
import { Loader, type Request } from "./loader.svelte";
import { ATTENTION_START, type AttentionPlace } from "./place";
import { findLayer, layerKey, listedLayers } from "./record/layers";
import type { LoadedRecord, Wish } from "./record/record";
import type { Hover } from "./types";

const PREFETCH_REACH = 2;
const NO_HOVER: Hover = { query: null, key: null };

export class AttentionState extends ViewState<AttentionPlace> {
  hover = $state.raw<Hover>(NO_HOVER);
  /** Grows when what failed is to be tried again. */
  #attempt = $state(0);

  readonly loader: Loader;

  /** The records shown, in the order of the runs. */
  records = $derived.by(() => this.session.selectedRuns.flatMap((run) => this.loader.shown.get(run) ?? []));
  /** The record that the rail, the overview and the text follow. */
  first = $derived(this.records[0] ?? null);
  layer = $derived(this.first?.header.layers[this.first.layer] ?? null);
  measures = $derived.by(
    () => this.session.tracks.find(({ info }) => info.run === this.first?.address.run)?.measures ?? null,
  );

  waitingFor = $derived.by(() => {
    const { step } = this.session;
    return this.loader.loading && step !== null ? waitingForRecord(step, this.place.layer) : null;
  });

  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked.layer;
    const isUnknown = wanted && this.first && findLayer(this.first.header, wanted) < 0;
    return isUnknown && this.layer ? [unknownLayer(wanted, layerKey(this.layer))] : [];
  });

  constructor(
    readonly session: Session,
    api: Api,
    signal: AbortSignal,
  ) {
    super(ATTENTION_START);
    this.loader = new Loader(api);
    signal.addEventListener("abort", () => this.loader.stop());
    this.#keepLoading();
    this.#keepChoices();
  }

  get failures() {
    return this.loader.failures;
  }

  get isDrawn() {
    return this.first !== null;
  }

  get arrivals() {
    return this.loader.arrivals;
  }

  retry(): void {
    this.#attempt += 1;
  }

  leaveExample(): void {
    this.#leaveTokens();
  }

  release(): boolean {
    const isPinned = this.place.pin !== null;
    this.pin(null);
    return isPinned;
  }

  /** Puts what finds a run in focus; returns whether there is one. */
  findRun(): boolean {
    this.session.rail = true;
    return focusRunFinder();
  }

  selectHead(layer: number, head: number): void {
    const chosen = this.first?.header.layers[layer];
    if (!chosen) return;
    const { layer: current } = this;
    if (chosen.query_axis !== current?.query_axis || chosen.key_axis !== current.key_axis) this.#leaveTokens();
    this.session.linked = null;
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

  /** Pins, zoom and pointer name tokens; other tokens make them meaningless. */
  #leaveTokens(): void {
    this.change({ pin: null, viewport: null });
    this.hover = NO_HOVER;
  }

  /** The records at a place of the slider: each run's latest by then. */
  #requestsAt(index: number): Request[] {
    const step = this.session.steps[index];
    if (step === undefined) return [];
    return this.session.tracks.flatMap(({ info, steps, measures }) => {
      const at = indexUpTo(steps.steps, step);
      const [held, written] = [steps.steps[at], steps.wall_times[at]];
      if (held === undefined || written === undefined) return [];
      return [{ address: { run: info.run, tag: info.tag, step: held, written }, measures }];
    });
  }

  #keepLoading(): void {
    $effect(() => {
      if (this.session.view !== "attention") return;
      void this.#attempt;
      const { layer, head, heads } = this.place;
      const wish: Wish = { layer, head, heads: heads && [...heads] };
      const { stepIndex, steps } = this.session;
      const requests = this.#requestsAt(stepIndex);
      const ahead = neighbours(stepIndex, steps.length, PREFETCH_REACH).flatMap((index) => this.#requestsAt(index));
      untrack(async () => {
        await this.loader.show(requests, wish);
        await this.loader.prepare(ahead, wish);
      });
    });
  }

  /** Writes down what was chosen for the user, so that it stays and the address says it. */
  #keepChoices(): void {
    $effect(() => {
      if (this.session.view !== "attention") return;
      const isKnown = this.first !== null && findLayer(this.first.header, this.place.layer) >= 0;
      // A link's wish stands, for the layer may come with another record; one's own gives way.
      const isOpen = this.place.layer === null || this.session.linked === null;
      if (!isKnown && isOpen && this.layer && this.first) {
        this.change({ layer: layerKey(this.layer), head: this.first.head, heads: [...this.first.heads] });
      }
    });
  }
}
