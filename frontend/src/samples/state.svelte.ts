/** The store of the samples view: what is chosen among the texts, and what is done with them. */

import { untrack } from "svelte";
import type { Api } from "../host/api";
import { noted } from "../language/remarks";
import type { Sentence } from "../language/sentence";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey } from "../store/catalogue.svelte";
import type { Session } from "../store/session.svelte";
import type { Mark } from "../store/viewState.svelte";
import { copyText } from "../ui/clipboard";
import { SamplesChoice } from "./choice.svelte";
import { Comparison } from "./compare/comparison.svelte";
import type { ExportRow } from "./exporting";
import { exportRow } from "./exportRows";
import { Filtering } from "./find/filtering.svelte";
import { Finder } from "./find/finder.svelte";
import { phrases as words } from "./language";
import { alikeLine, tokenLine } from "./line";
import { Measuring } from "./measuring.svelte";
import { keepPrefetching } from "./record/prefetching.svelte";
import { SampleReader } from "./record/sampleReader.svelte";
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
  /** Of the token under the pointer, or else of the chosen text and the pinned token. */
  readonly reader: SampleReader;

  /** What is read of it: the token under the pointer, else the pinned one. */
  pointed = $derived.by((): { address: SampleAddress; token: number | null } | null => {
    if (this.hovered) return this.hovered;
    return this.chosen ? { address: this.chosen, token: this.place.token } : null;
  });
  /** Keys of the rows whose texts are shown whole, however long. */
  whole = $state.raw<ReadonlySet<string>>(new Set());

  failures = $derived.by(() => this.texts.failures);
  /** Texts are all there. */
  arrivals = $derived.by(() => this.session.stepIndex);
  isDrawn = $derived(this.series.length > 0);
  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked;
    const notices: string[] = [];
    if (!wanted || this.series.length === 0) return notices;
    if (wanted.prompt !== null && wanted.prompt !== this.promptIndex)
      notices.push(words.unknownPrompt(wanted.prompt, this.prompts.length));
    if (wanted.column !== null && this.column && wanted.column !== this.column.key)
      notices.push(words.unknownColumn(wanted.column, this.column));
    return notices;
  });
  waitingFor = $derived.by(() => {
    const absent = this.session.inSight.find(
      (info) => !this.texts.values.has(seriesKey(info)) && !this.texts.failures.has(info.run),
    );
    return absent ? words.waitingForTexts(absent.run) : null;
  });

  constructor(session: Session, api: Api, signal: AbortSignal) {
    super(session, api, signal);
    this.blobs = new Blobs(api);
    this.measuring = new Measuring(this);
    this.comparison = new Comparison(this);
    this.filtering = new Filtering(this, this.measuring);
    this.finder = new Finder(this, this.filtering, signal);
    this.reader = new SampleReader(
      () => this.blobs,
      () => {
        const { pointed } = this;
        const record = pointed && this.recordOf(pointed.address);
        if (!record || session.view !== "samples") return null;
        const { address, token } = pointed;
        const text = this.textAt(address);
        return { address: record, sample: address.sample, text, tokens: token !== null, token, tree: false };
      },
    );
    this.#keepFollowing();
    keepPrefetching(this, api, signal);
  }

  override get answers() {
    return [this.blobs];
  }

  override get stepLines() {
    return this.measuring.lines;
  }

  override get reading(): Sentence | null {
    const { pointed, reader } = this;
    const read = pointed && pointed.token !== null && tokenLine(reader.tokens, pointed.token, reader.alternatives);
    if (read) return read;
    const { rows } = this.comparison;
    return alikeLine(rows.flatMap(({ said, a, b }) => (a && b ? [{ name: said, text: a.text, other: b.text }] : [])));
  }

  override get hint(): Sentence {
    return this.isDrawn ? words.HINTS[this.layout] : [];
  }

  override get mark(): Mark | null {
    const { pointed, reader } = this;
    if (!pointed || !this.isDrawn) return null;
    const notes = noted(reader.header, words.REMARKS, reader.sample?.notes ?? []);
    const isShaded = this.place.shade && this.layout !== "compared";
    const meaning = isShaded ? words.SHADE_MEANING : this.layout === "compared" ? words.UNDERLINES : "";
    const text = [...notes, meaning].filter(Boolean).join(" · ");
    const example = reader.sample && this.attentionOf(pointed.address.run, reader.sample.attention);
    if (example) {
      const { token } = pointed;
      const query = token === null ? null : (reader.sample?.first_query ?? 0) + token;
      const name = token === null ? words.ATTENTION_OF_TEXT : words.ATTENTION_OF_TOKEN;
      return { text, action: { name, press: () => this.showAttention(pointed.address, example, query) } };
    }
    const hasTree = (reader.sample?.tree ?? -1) >= 0 && !this.place.tree;
    return hasTree ? { text, action: { name: words.BEAM_TREE, press: () => this.change({ tree: true }) } } : { text };
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
    this.change({ prompt: null, filteredPrompts: null, token: null });
    this.hovered = null;
    this.whole = new Set();
  }

  override retry(): void {
    for (const info of this.session.inSight) void this.texts.follow(info);
  }

  /** A pin, then a document, then a reference; B is the session's. */
  release(): boolean {
    if (this.place.token !== null) this.change({ token: null });
    else if (this.layout === "document") this.change({ isAlone: false });
    else if (this.against === "reference") this.change({ marks: null });
    else return false;
    return true;
  }

  /** Reads the chosen column as a document, or goes back to all of them. */
  toggleAlone(): void {
    this.change({ isAlone: !this.place.isAlone, rows: "steps" });
  }

  /** Shows the texts of a row whole, or cuts them again. */
  toggleWhole(row: string): void {
    const { whole } = this;
    this.whole = whole.has(row) ? new Set([...whole].filter((other) => other !== row)) : new Set([...whole, row]);
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
      for (const info of this.session.inSight) untrack(() => this.texts.follow(info));
    });
  }
}
