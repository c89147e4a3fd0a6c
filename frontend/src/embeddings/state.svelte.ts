/** The store of the embeddings view: its place, the words in sight, and what is chosen among them. */

import { untrack } from "svelte";
import { type Api, RequestFailure } from "../host/api";
import type { Sentence } from "../language/sentence";
import { successOf } from "../store/attempt";
import { seriesKey } from "../store/catalogue.svelte";
import { Growing } from "../store/growing.svelte";
import { measureLine, namesWithValues } from "../store/measures";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { type StepLine, valuesOver } from "../store/stepLines";
import { latestBy } from "../store/steps";
import { type Mark, ViewState } from "../store/viewState.svelte";
import { formatFigure } from "../ui/figures";
import { Changes, type MovementKey } from "./changes.svelte";
import { findWords, searchable } from "./find";
import { phrases } from "./language";
import { type Layer, layerSteps } from "./layerSteps";
import type { FlatMap } from "./map/flatMap";
import { type Coded, codedColumns, codedFrom, levelsOf, paletteOf } from "./metadata";
import { type Churn, greatest, type Movement, ranked } from "./movement";
import { formatNear } from "./neighbours/lists";
import { Neighbourhoods } from "./neighbours/neighbourhoods.svelte";
import { EMBEDDINGS_START, type EmbeddingsPlace, type Ranking } from "./place";
import { spelled } from "./spelled";
import { rowOf, tableFrom, type Word, type WordTable, wordAt } from "./table";

const MOST_VISITED = 100;
/** Of how many of the words that moved furthest churn is counted, besides the most frequent ones. */
const FURTHEST = 12;

/** What is pointed at: a word, and the layer and the step where it stands, if it stands at one. */
export interface Pointed {
  word: Word;
  layer: Layer;
  step: number | null;
}

/** How the words of the list changed. */
export interface Changed {
  key: MovementKey;
  movement: Movement;
  churn: Churn | null;
}

export class EmbeddingsState extends ViewState<EmbeddingsPlace> {
  pointed = $state.raw<Pointed | null>(null);
  /** The word under the pointer, wherever that is. */
  hovered = $derived<Word | null>(this.pointed?.word ?? null);
  /** The words chosen before. */
  #visited: Word[] = [];

  readonly tables: Growing<WordTable>;
  readonly neighbourhoods: Neighbourhoods;
  readonly changes: Changes;

  /** What there is by then of the runs in sight, in their order. */
  layers = $derived.by((): Layer[] => {
    const { session } = this;
    if (session.view !== "embeddings") return [];
    return session.tracks.flatMap((track) => {
      const table = this.tables.values.get(seriesKey(track.info));
      if (!table) return [];
      const layer = layerSteps(track, table);
      const at = latestBy(layer.steps, session.step ?? 0);
      return at >= 0 ? [{ ...layer, table, at }] : [];
    });
  });
  /** The first of them, whose words are listed. */
  layer = $derived<Layer | null>(this.layers[0] ?? null);
  table = $derived<WordTable | null>(this.layer?.table ?? null);

  #texts = $derived(searchable(this.table?.labels ?? []));
  found = $derived.by(() => findWords(this.#texts, this.place.search));
  /** What the list is ranked by; that of the step before until the next is there. */
  changed = $state.raw<Changed | null>(null);
  /** Why it is not known. */
  changeFailure = $derived.by((): { what: Exclude<Ranking, "table">; message: string } | null => {
    const { layer, place } = this;
    if (!layer || place.ranking === "table") return null;
    const key = this.movementOf(layer);
    const movement = this.changes.movement(key);
    if (movement instanceof RequestFailure) return { what: "distance", message: movement.message };
    const churn = place.ranking === "churn" ? this.changes.churn(key, place.metric) : null;
    return churn instanceof RequestFailure ? { what: "churn", message: churn.message } : null;
  });
  /** By row: the values that the list is ranked by; null where it is as the table has it. */
  rankedBy = $derived.by((): Float32Array | null => {
    const { changed, place, table } = this;
    if (place.ranking === "table" || !changed || changed.key.layer.table !== table) return null;
    return place.ranking === "churn" ? (changed.churn?.shares ?? null) : changed.movement.moved;
  });
  /** The rows of the list; none until it is known what they are ranked by, so that no word takes another's place under the pointer. */
  listed = $derived.by((): ArrayLike<number> => {
    const { rankedBy, changed, table, found } = this;
    if (this.place.ranking === "table" || this.changeFailure) return found.rows;
    if (!rankedBy || !changed || !table) return [];
    const parts = [found.rows.subarray(0, found.beginning), found.rows.subarray(found.beginning)];
    return parts.flatMap((rows) => ranked(rows, rankedBy, table.labels, changed.movement.moved));
  });

  #columnsInSight = $derived.by(() =>
    this.session.inSight.flatMap((info) => {
      const table = this.tables.values.get(seriesKey(info));
      return table ? [table.columns] : [];
    }),
  );
  /** The columns that words can be coloured by. */
  columns = $derived(codedColumns(this.table?.columns ?? {}));
  /** The one that they are coloured by; what is known of words says more than how often they occur. */
  column = $derived.by((): string | null => {
    const { colour } = this.place;
    if (colour !== null && (colour === "" || this.columns.includes(colour))) return colour || null;
    return this.columns.find((name) => name !== this.table?.frequencyColumn) ?? this.columns[0] ?? null;
  });
  /** What its colours stand for, in all runs. */
  coded = $derived.by((): Coded | null => {
    const { column } = this;
    return column === null ? null : codedFrom(this.#columnsInSight, column);
  });
  #levels = $derived.by(() => {
    const { coded } = this;
    return new Map(coded ? this.#columnsInSight.map((columns) => [columns, levelsOf(coded, columns)]) : []);
  });
  palette = $derived.by(() => (this.coded ? paletteOf(this.coded, this.session.theme) : []));

  /** Whether the list stands beside the pictures; where there is no room it is at the left side. */
  hasListBeside = $state(true);
  /** The map of the first run. */
  map = $state.raw<{ map: FlatMap; table: WordTable } | null>(null);

  /** The chosen word; where none is, the one that moved most. */
  word = $derived.by((): Word | null => {
    const { table, layer } = this;
    if (!table || !layer) return null;
    const { word, row } = this.place;
    if (word !== null) {
      const known = { label: word, row: row ?? 0 };
      const own = this.#ownOf(known);
      if (this.layers.some((layer) => rowOf(layer.table, own) >= 0)) return own;
    }
    const movement = this.changes.movement(this.#firstMovement(layer));
    if (movement === null) return null;
    const [most = 0] = movement instanceof RequestFailure ? [] : greatest(movement.moved, table.labels, 1);
    return wordAt(table, most);
  });
  pins = $derived(this.table ? this.place.pins.map((pin) => this.#ownOf(pin)) : []);

  /** What TensorBoard's Projector shows; null where it is not known. */
  projectorRuns = $state.raw<readonly string[] | null>(null);

  failures = $derived.by(() => this.tables.failures);
  arrivals = $state(0);
  isDrawn = $derived(this.layers.length > 0);
  notices = $derived.by(() => {
    const { word: wanted = null, row = null } = (this.session.linked && this.linked) ?? {};
    if (wanted === null || !this.table || !this.word) return [];
    const isKnown = this.layers.some((layer) => rowOf(layer.table, { label: wanted, row: row ?? 0 }) >= 0);
    return isKnown ? [] : [phrases.unknownWord(spelled(wanted), spelled(this.word.label))];
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
    this.#keepRanking();
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

  /** A word of the table whose words are listed. */
  wordAt(row: number): Word {
    return this.table ? wordAt(this.table, row) : { label: "", row: -1 };
  }

  /** Points at a word; null at none. */
  point(word: Word | null, layer: Layer, step: number | null = null): void {
    this.pointed = word && { word, layer, step };
  }

  /** Returns the colour of a word, undefined where nothing is known of it. */
  colourOf(layer: Layer, row: number): string | undefined {
    return this.palette[this.levelsIn(layer.table)?.[row] ?? -1];
  }

  /** Returns the index in the palette of each word; null where words are not coloured. */
  levelsIn(table: WordTable): Int16Array | null {
    return this.#levels.get(table.columns) ?? null;
  }

  /** Whether two words are the same, one perhaps of another run. */
  areSame(one: Word | null, other: Word | null): boolean {
    if (!one || !other) return false;
    const [first, second] = [this.#ownOf(one), this.#ownOf(other)];
    return first.row === second.row && first.label === second.label;
  }

  isPinned(word: Word | null): boolean {
    return this.place.pins.some((pin) => this.areSame(pin, word));
  }

  togglePin(word: Word): void {
    const { pins } = this.place;
    this.change({
      pins: this.isPinned(word) ? pins.filter((pin) => !this.areSame(pin, word)) : [...pins, this.#ownOf(word)],
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
    const rows = Array.from(this.listed);
    if (!table || rows.length === 0) return;
    this.choose(this.wordAt(cycled(rows, word ? rowOf(table, word) : -1, by) ?? 0));
  }

  leaveExample(): void {
    this.pointed = null;
    this.#visited = [];
  }

  override get answers() {
    return [this.changes, this.neighbourhoods];
  }

  override retry(): void {
    for (const info of this.session.inSight) void this.tables.follow(info);
  }

  release(): boolean {
    const isPinned = this.place.pins.length > 0;
    this.pointed = null;
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
    const since = b && "step" in b ? b.step : layer.since;
    return { layer, step, since: layer.steps.find((held) => held >= since) ?? step };
  }

  /** Returns a word as the table has it whose words are listed, where it is there. */
  #ownOf(word: Word): Word {
    const row = this.table ? rowOf(this.table, word) : -1;
    return this.table && row >= 0 ? wordAt(this.table, row) : word;
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

  override get reading(): Sentence | null {
    return this.pointed && phrases.wordRead(spelled(this.pointed.word.label), this.#factsOf(this.pointed));
  }

  override get hint(): Sentence {
    return this.word ? phrases.HINT : [];
  }

  override get mark(): Mark | null {
    const { map, table } = this;
    if (!map || map.table !== table) return null;
    const share = (map.map.shares[0] ?? 0) + (map.map.shares[1] ?? 0);
    const kept = phrases.keptWords(table.labels.length, table.tableRows);
    return { text: `${kept} · ${phrases.mapShort(table.dimensions, share)}` };
  }

  override get stepLines(): readonly StepLine[] {
    const { session } = this;
    const track = session.tracks.find(({ info }) => info.run === session.runA);
    const measures = track?.measures;
    if (!measures) return [];
    return namesWithValues(measures).map((key) => {
      const values = valuesOver(session.steps, measures.steps, measureLine(measures, 0, key) ?? []);
      return { key, name: phrases.measureName(key), values };
    });
  }

  /** What is known of a word where it is pointed at. */
  #factsOf({ word, layer, step }: Pointed): string[] {
    const { metric } = this.place;
    const row = rowOf(layer.table, word);
    const at = step ?? (layer.steps[layer.at] as number);
    const chosen = this.word ? rowOf(layer.table, this.word) : -1;
    const list = this.neighbourhoods.get(layer, chosen, metric, at);
    const place = list && !(list instanceof RequestFailure) ? list.rows.indexOf(row) : -1;
    const value = place >= 0 && list && !(list instanceof RequestFailure) ? list.values[place] : undefined;
    const moved = this.changed?.key.layer.table === layer.table ? this.changed : null;
    const distance = moved?.movement.moved[row] ?? Number.NaN;
    const known = this.column === null ? undefined : layer.table.columns[this.column]?.[row];
    return [
      ...(value === undefined ? [] : [phrases.nearAt(metric, formatNear(value), at)]),
      ...(Number.isFinite(distance) && moved && moved.key.step > moved.key.since
        ? [phrases.movedSince(formatFigure(distance), moved.key.since)]
        : []),
      ...(known === undefined || this.column === null ? [] : [phrases.columnOf(this.column, known)]),
    ];
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

  /** Has there what the list is ranked by. */
  #keepRanking(): void {
    const key = () => this.layer && this.movementOf(this.layer);
    const movement = (key: MovementKey) => successOf(this.changes.movement(key));
    const furthest = (key: MovementKey, moved: Float32Array) =>
      this.place.ranking === "churn" ? greatest(moved, key.layer.table.labels, FURTHEST) : [];
    $effect(() => {
      const wanted = key();
      return wanted ? this.changes.wantMovement(wanted) : undefined;
    });
    $effect(() => {
      const wanted = key();
      const rows = wanted ? furthest(wanted, movement(wanted)?.moved ?? new Float32Array()) : [];
      return wanted && rows.length > 0 ? this.changes.wantChurn(wanted, this.place.metric, rows) : undefined;
    });
    $effect(() => {
      const wanted = key();
      const found = wanted && movement(wanted);
      if (!wanted || !found) return;
      const churn = this.changes.churn(wanted, this.place.metric);
      const isWaiting = churn === null && furthest(wanted, found.moved).length > 0;
      if (!isWaiting) this.changed = { key: wanted, movement: found, churn: successOf(churn) };
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
