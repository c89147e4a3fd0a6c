/** The store of the embeddings view: its place, the words in sight, and what is chosen among them. */

import { untrack } from "svelte";
import { type Api, RequestFailure } from "../host/api";
import { seriesKey } from "../store/catalogue.svelte";
import { Growing } from "../store/growing.svelte";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { indexUpTo } from "../store/steps";
import { ViewState } from "../store/viewState.svelte";
import { Changes, type MovementKey } from "./changes.svelte";
import { findWords, searchable } from "./find";
import { phrases } from "./language";
import { type Layer, layerSteps } from "./layerSteps";
import { greatest } from "./movement";
import { Neighbourhoods } from "./neighbours/neighbourhoods.svelte";
import { EMBEDDINGS_START, type EmbeddingsPlace } from "./place";
import { rowOf, tableFrom, type Word, type WordTable } from "./table";

const MOST_VISITED = 100;

export class EmbeddingsState extends ViewState<EmbeddingsPlace> {
  /** The word under the pointer, wherever that is. */
  hovered = $state.raw<Word | null>(null);
  /** The words chosen before. */
  #visited: Word[] = [];

  readonly tables: Growing<WordTable>;
  readonly neighbourhoods: Neighbourhoods;
  readonly changes: Changes;

  /** What is there of the runs in sight, in their order. */
  layers = $derived.by((): Layer[] => {
    const { session } = this;
    if (session.view !== "embeddings") return [];
    return session.tracks.flatMap((track) => {
      const table = this.tables.values.get(seriesKey(track.info));
      if (!table) return [];
      const layer = layerSteps(track, table);
      return layer.steps.length > 0 ? [{ ...layer, table, at: indexUpTo(layer.steps, session.step ?? 0) }] : [];
    });
  });
  /** The first of them, whose words are listed. */
  layer = $derived<Layer | null>(this.layers[0] ?? null);
  table = $derived<WordTable | null>(this.layer?.table ?? null);

  #texts = $derived(searchable(this.table?.labels ?? []));
  found = $derived.by(() => findWords(this.#texts, this.place.search));

  /** The chosen word; where none is, the one that moved most. */
  word = $derived.by((): Word | null => {
    const { table, layer } = this;
    if (!table || !layer) return null;
    const { word, row } = this.place;
    if (word !== null) {
      const known = { label: word, row: row ?? 0 };
      const listed = this.#listed(known);
      if (this.layers.some((layer) => rowOf(layer.table, listed) >= 0)) return listed;
    }
    const movement = this.changes.movement(this.#firstMovement(layer));
    if (movement === null) return null;
    const [most = 0] = movement instanceof RequestFailure ? [] : greatest(movement.moved, table.labels, 1);
    return { label: table.labels[most] as string, row: most };
  });
  pins = $derived(this.table ? this.place.pins.map((pin) => this.#listed(pin)) : []);

  /** What TensorBoard's Projector shows; null where it is not known. */
  projectorRuns = $state.raw<readonly string[] | null>(null);

  failures = $derived.by(() => this.tables.failures);
  arrivals = $state(0);
  isDrawn = $derived(this.layers.length > 0);
  notices = $derived.by(() => {
    const { word: wanted = null, row = null } = (this.session.linked && this.linked) ?? {};
    if (wanted === null || !this.table || !this.word) return [];
    const isKnown = this.layers.some((layer) => rowOf(layer.table, { label: wanted, row: row ?? 0 }) >= 0);
    return isKnown ? [] : [phrases.unknownWord(wanted, this.word.label)];
  });
  waitingFor = $derived.by(() => {
    const absent = this.session.inSight.find(
      (info) => !this.tables.values.has(seriesKey(info)) && !this.tables.failures.has(info.run),
    );
    return absent ? phrases.waitingForWords(absent.run) : null;
  });

  constructor(
    readonly session: Session,
    private readonly api: Api,
    private readonly signal: AbortSignal,
  ) {
    super(EMBEDDINGS_START);
    this.tables = new Growing(tableFrom(api), signal);
    this.neighbourhoods = new Neighbourhoods(api);
    this.changes = new Changes(api);
    this.#keepFollowing();
    this.#keepChoosing();
    this.#keepPace();
    this.#keepProjector();
  }

  choose(word: Word): void {
    const before = this.word;
    if (before?.label === word.label && before.row === word.row) return;
    if (before) this.#visited = [...this.#visited, before].slice(-MOST_VISITED);
    this.session.linked = null;
    this.change({ word: word.label, row: word.row });
  }

  chooseRow(layer: Layer, row: number): void {
    this.choose({ label: layer.table.labels[row] as string, row });
  }

  /** Whether two words are the same, one perhaps of another run. */
  areSame(one: Word | null, other: Word | null): boolean {
    if (!one || !other) return false;
    const [first, second] = [this.#listed(one), this.#listed(other)];
    return first.row === second.row && first.label === second.label;
  }

  isPinned(word: Word | null): boolean {
    return this.place.pins.some((pin) => this.areSame(pin, word));
  }

  togglePin(word: Word): void {
    const { pins } = this.place;
    this.change({
      pins: this.isPinned(word) ? pins.filter((pin) => !this.areSame(pin, word)) : [...pins, this.#listed(word)],
    });
  }

  /** A click on a word anywhere. */
  clicked(word: Word, event: { shiftKey: boolean }): void {
    if (event.shiftKey) this.togglePin(word);
    else this.choose(word);
  }

  /** Goes back to the word that was chosen before; returns whether there is one. */
  goBack(): boolean {
    const before = this.#visited.pop();
    if (before) this.change({ word: before.label, row: before.row });
    return before !== undefined;
  }

  stepWord(by: number): void {
    const { table, word } = this;
    const rows = [...this.found.rows];
    if (!table || rows.length === 0) return;
    const row = cycled(rows, word ? rowOf(table, word) : -1, by) ?? 0;
    this.choose({ label: table.labels[row] as string, row });
  }

  leaveExample(): void {
    this.hovered = null;
    this.#visited = [];
  }

  retry(): void {
    this.changes.forgetFailures();
    this.neighbourhoods.forgetFailures();
    for (const info of this.session.inSight) void this.tables.follow(info);
  }

  release(): boolean {
    const isPinned = this.place.pins.length > 0;
    this.hovered = null;
    this.change({ pins: [] });
    return isPinned;
  }

  /** Goes to the layer after or before; returns whether there is another. */
  stepLayer(by: number): boolean {
    const { examples, example } = this.session;
    const next = example === null ? undefined : cycled(examples, example, by);
    if (next !== undefined) this.session.selectExample(next);
    return next !== undefined;
  }

  switchMetric(): void {
    this.change({ metric: this.place.metric === "cosine" ? "euclidean" : "cosine" });
  }

  /** Pins the chosen word or releases it; returns whether there is one. */
  pinChosen(): boolean {
    if (this.word) this.togglePin(this.word);
    return this.word !== null;
  }

  /** The two steps that movement is between. */
  movementOf(layer: Layer): MovementKey {
    const step = layer.steps[layer.at] as number;
    const { b } = this.session;
    const chosen = this.place.origin === "first" ? layer.since : (layer.steps[layer.at - 1] ?? step);
    const since = b && "step" in b ? b.step : chosen;
    return { layer, step, since: layer.steps.find((held) => held >= since) ?? step };
  }

  /** Returns a word as the table has it whose words are listed, where it is there. */
  #listed(word: Word): Word {
    const row = this.table ? rowOf(this.table, word) : -1;
    return row < 0 ? word : { label: this.table?.labels[row] as string, row };
  }

  #firstMovement(layer: Layer): MovementKey {
    const [first, last] = [layer.steps[0] as number, layer.steps[layer.steps.length - 1] as number];
    return { layer, step: last, since: first };
  }

  #keepFollowing(): void {
    $effect(() => {
      if (this.session.view !== "embeddings") return;
      for (const info of this.session.inSight) untrack(() => this.tables.follow(info));
    });
  }

  /** Writes down which word the page chose, so that it stays as training goes on. */
  #keepChoosing(): void {
    $effect(() => {
      const { layer, word } = this;
      if (!layer || this.place.word !== null) return;
      if (word) untrack(() => this.change({ word: word.label, row: word.row }));
      else return this.changes.wantMovement(this.#firstMovement(layer));
    });
  }

  /** A snapshot comes with a record. */
  #keepProjector(): void {
    $effect(() => {
      if (this.layers.length > 0) void untrack(() => this.#askProjector());
    });
  }

  async #askProjector(): Promise<void> {
    // Without its Projector, TensorBoard answers with an error.
    const runs = await this.api.projectorRuns(this.signal).catch(() => null);
    if (!this.signal.aborted && runs?.join() !== this.projectorRuns?.join()) this.projectorRuns = runs;
  }

  /** A step has arrived when the neighbours of the chosen word are there. */
  #keepPace(): void {
    $effect(() => {
      const { word, layers, place } = this;
      void this.session.stepIndex;
      const areThere = layers.every((layer) => {
        const row = word ? rowOf(layer.table, word) : -1;
        const step = layer.steps[layer.at] as number;
        return row < 0 || this.neighbourhoods.get(layer, row, place.metric, step) !== null;
      });
      if (areThere) untrack(() => (this.arrivals += 1));
    });
  }
}
