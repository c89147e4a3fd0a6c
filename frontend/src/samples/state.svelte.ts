/** The store of the samples view: what is chosen among the texts, and what is done with them. */

import { untrack } from "svelte";
import type { Api } from "../host/api";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey } from "../store/catalogue.svelte";
import type { Session } from "../store/session.svelte";
import { copyText } from "../ui/clipboard";
import { SamplesChoice } from "./choice.svelte";
import { Comparison } from "./compare/comparison.svelte";
import { unknownColumn, unknownPrompt, waitingForTexts } from "./en";
import type { ExportRow } from "./exporting";
import { exportRow } from "./exportRows";
import { Filtering } from "./find/filtering.svelte";
import { Finder } from "./find/finder.svelte";
import { Measuring } from "./measuring.svelte";
import type { Pane } from "./place";
import { keepPrefetching } from "./record/prefetching.svelte";
import type { SampleAddress } from "./types";

const COPIED_MS = 1500;

export class SamplesState extends SamplesChoice {
  /** The token under the pointer, and where it is. */
  hovered = $state.raw<{ address: SampleAddress; token: number } | null>(null);

  /** Whether the chosen text has just been copied. */
  copied = $state(false);

  readonly blobs: Blobs;
  readonly filtering: Filtering;
  readonly finder: Finder;
  readonly measuring: Measuring;
  readonly comparison: Comparison;

  failures = $derived.by(() => this.texts.failures);
  /** Texts are all there. */
  arrivals = $derived.by(() => this.session.stepIndex);
  isDrawn = $derived(this.series.length > 0);
  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked;
    const notices: string[] = [];
    if (!wanted || this.series.length === 0) return notices;
    if (wanted.prompt !== null && wanted.prompt !== this.promptIndex)
      notices.push(unknownPrompt(wanted.prompt, this.prompts.length));
    if (wanted.column !== null && this.column && wanted.column !== this.column.key)
      notices.push(unknownColumn(wanted.column, this.column));
    return notices;
  });
  waitingFor = $derived.by(() => {
    const absent = this.session.inSight.find(
      (info) => !this.texts.values.has(seriesKey(info)) && !this.texts.failures.has(info.run),
    );
    return absent ? waitingForTexts(absent.run) : null;
  });

  constructor(session: Session, api: Api, signal: AbortSignal) {
    super(session, api, signal);
    this.blobs = new Blobs(api);
    this.measuring = new Measuring(this);
    this.comparison = new Comparison(this);
    this.filtering = new Filtering(this, this.measuring);
    this.finder = new Finder(this, this.filtering, signal);
    this.#keepFollowing();
    keepPrefetching(this, api, signal);
  }

  /** Returns the name of the attention record of a text, null where none is held. */
  attentionOf(run: string, name: string): string | null {
    const series = this.session.catalogue.list?.series ?? [];
    const isHeld = series.some((info) => info.kind === "attention" && info.run === run && info.name === name);
    return isHeld ? name : null;
  }

  /** Goes to what a token looked at when it was chosen; `query`: its row, null for all of them. */
  showAttention({ run, step }: SampleAddress, example: string, query: number | null): void {
    const focus = this.session.place.examples.attention === example ? {} : { layer: null };
    this.session.goTo("attention", run, example, { ...focus, query }, step);
  }

  leaveExample(): void {
    this.change({ prompt: null, filteredPrompts: null, token: null, pinnedStep: null });
    this.hovered = null;
  }

  retry(): void {
    for (const info of this.session.inSight) void this.texts.follow(info);
  }

  release(): boolean {
    const isPinned = this.place.token !== null;
    this.change({ token: null });
    return isPinned;
  }

  togglePane(pane: Pane): void {
    this.change({ pane: this.place.pane === pane ? null : pane });
  }

  /** Puts the chosen text on the clipboard; returns whether there is one. */
  copy(): boolean {
    if (!this.chosen) return false;
    void copyText(this.textAt(this.chosen)).then((copied) => {
      this.copied = copied;
      setTimeout(() => {
        this.copied = false;
      }, COPIED_MS);
    });
    return true;
  }

  exportRows(addresses: readonly SampleAddress[]): ExportRow[] {
    return addresses.flatMap((address) => {
      const series = this.seriesOf(address.run);
      return (series && exportRow(series, address, this.measuring.all, this.measuring.of(address))) ?? [];
    });
  }

  #keepFollowing(): void {
    $effect(() => {
      if (this.session.view !== "samples") return;
      const { info: other } = this.comparison;
      const followed = other ? [...this.session.inSight, other] : this.session.inSight;
      for (const info of followed) untrack(() => this.texts.follow(info));
    });
  }
}
