/** The store of the attention view: its place, the records drawn, the pointer. */

import { untrack } from "svelte";
import type { Api, RecordAddress } from "../host/api";
import { learn } from "../language/catalogue";
import type { Sentence } from "../language/sentence";
import { type Compared, runOf } from "../store/compared";
import { measureLine } from "../store/measures";
import { cycled, MANY_RUNS, toggled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { type StepLine, valuesOver } from "../store/stepLines";
import { latestBy, neighbours } from "../store/steps";
import { type Mark, ViewState } from "../store/viewState.svelte";
import { type Alarm, MEASURES } from "../wire/schema.gen";
import { countLeftOut, shownIndex } from "./axis";
import { Film } from "./film/film.svelte";
import { filmSteps } from "./film/filmLayout";
import { axesOf, focusedMatrix, kept } from "./focus";
import { measureRows } from "./headMeasures";
import type { Pixels } from "./image/paintImage";
import { phrases } from "./language";
import { Loader, type Request } from "./loader.svelte";
import { ATTENTION_START, type AttentionPlace } from "./place";
import { findLayer, firstHeadOf, layerKey, layerLike, listedLayers, tokensAlong } from "./record/layers";
import { hasValues, isStack, type LoadedRecord, type Still, type Wish } from "./record/record";
import { hasWords } from "./record/sides";
import { darkestOf, isSigned } from "./scale";
import type { Combination, Hover, Level, Measure, OfHeads, Quantity } from "./types";
import type { HeadPlace } from "./wall/wallLayout";
import { boundOf, shortBound } from "./weights";
import { wordlessOf } from "./wordless.svelte";
import { loadWorked, worked } from "./worked.svelte";

const PREFETCH_REACH = 2;
/** Weights of a head that is fetched whole for every picture of the film strip. */
const MOST_IN_FILM = 2 ** 20;
const NO_HOVER: Hover = { query: null, key: null };

export class AttentionState extends ViewState<AttentionPlace> {
  hover = $state.raw<Hover>(NO_HOVER);
  /** In B, where it is drawn by itself. */
  hoverB = $state.raw<Hover>(NO_HOVER);
  /** The head of the wall under the pointer. */
  hoveredHead = $state.raw<HeadPlace | null>(null);
  #asked: Measure | null = null;
  /** What is said of a row of the table of heads that is pointed at. */
  told = $state.raw<Sentence | null>(null);
  /** Grows when what failed is to be tried again. */
  #attempt = $state(0);

  /** What goes wrong in the run of A, by rising step. */
  alarms = $state.raw<readonly Alarm[]>([]);
  /** Whether somebody looked for what goes wrong; null while that is not known. */
  isWatched = $state<boolean | null>(null);

  readonly loader: Loader;

  /** What A is compared with. */
  readonly loaderB: Loader;
  readonly film: Film;
  /** What the image of the record shows, once something has drawn it. */
  pixels = $state.raw<Pixels | null>(null);
  /** How many pictures the film strip has room for. */
  filmCount = $state(10);

  #isInWords = $derived(this.place.level === "words");
  #a = $derived.by(() => this.loader.shown.get(this.session.runA ?? "") ?? null);
  #b = $derived.by(() => (this.session.b && this.loaderB.shown.get(this.session.runB ?? "")) || null);
  /** Whether contributions can be drawn: where the values that weights multiply are known, of A and of B. */
  hasValues = $derived(hasValues(this.#a) && (!this.#b || hasValues(this.#b)));
  /** What is drawn. */
  quantity = $derived<Quantity>(this.hasValues ? this.place.quantity : "weights");
  /** The record shown, A. */
  first = $derived.by(() => this.#shownAs(this.#a));
  /** Whether the rollout up to the layer is drawn instead of its heads. */
  isRolled = $derived(isStack(this.first?.rollout));
  /** How heads are drawn where the rollout is not: of heads that are chosen themselves none is. */
  #ofHeads = $derived<OfHeads>(this.place.combine === "rollout" ? "each" : this.place.combine);
  combination = $derived<Combination>(this.isRolled ? "rollout" : this.#ofHeads);
  /** What is drawn of a layer, by its path. */
  get name(): string {
    const { first, layer, combination } = this;
    if (!first || !layer) return "";
    return combination === "rollout"
      ? phrases.rolloutName(layer.path)
      : phrases.matrixName(layer.path, first.heads, combination, first.head);
  }

  /** What B lacks of what A shows; null also while it is on its way. */
  lacking = $derived.by((): "record" | "layer" | "head" | "rollout" | null => {
    const { first, session } = this;
    if (session.notYet(session.runB, session.stepB) !== null) return "record";
    const header = this.#b?.header;
    if (!first || !header || this.loaderB.loading || !worked()) return null;
    const layer = header.layers[layerLike(header, first.header, first.layer)];
    if (!layer) return "layer";
    if (this.isRolled && !isStack(this.#b?.rollout)) return "rollout";
    return first.heads.every((head) => head < layer.heads) ? null : "head";
  });
  /** Whether A and B are drawn; with what B lacks A is drawn by itself: what both have is found among all heads. */
  isCompared = $derived.by(() => this.session.b !== null && this.lacking === null);
  /** How B stands beside A; null where there is none, or it is on its way. */
  comparison = $derived.by(() => {
    const { first } = this;
    const record = this.#b;
    if (!first || !record || !isOfSameHeads(first, record)) return null;
    const second = this.#shownAs(record);
    return second && (worked()?.compare(first, second) ?? null);
  });
  /** What it is compared with, B. */
  second = $derived(this.comparison?.second ?? null);
  /** Whether A and B have so little in common that each is drawn by itself. */
  isApart = $derived(this.comparison?.extent === "apart");
  #allAxes = $derived.by(() => (this.first && this.layer ? axesOf(this.first, this.layer, this.place.hide) : null));
  /** Of what is drawn: of A, and compared what B has, too. */
  axes = $derived.by(() => {
    const [all, { queries = null, keys = null } = {}] = [this.#allAxes, this.comparison ?? undefined];
    return all && { queries: kept(all.queries, queries), keys: kept(all.keys, keys) };
  });
  /** Of B where it is drawn by itself. */
  axesB = $derived.by(() => {
    const layer = this.second?.header.layers[this.second.layer];
    return this.isApart && this.second && layer ? axesOf(this.second, layer, this.place.hide) : null;
  });
  /** What of the layer lies on the image. */
  imaged = $derived.by(() => {
    const { first, layer } = this;
    return first && layer ? (wordlessOf(first.header)?.imagedBy(first.header, layer) ?? null) : null;
  });
  matrix = $derived.by(() => this.first && focusedMatrix(this.first, this.combination));
  matrixB = $derived.by(() => this.second && focusedMatrix(this.second, this.combination));
  /** Of the film strip, the same head elsewhere. */
  elsewhere = $derived.by(() => this.stills.flatMap((address) => this.stillAt(address)?.matrix ?? []));
  #shown = $derived.by(() => [this.matrix, this.matrixB].filter((matrix) => matrix !== null));
  /** The weight drawn darkest. */
  maximum = $derived.by(() => darkestOf(this.place.range, this.#shown, this.elsewhere));
  isSigned = $derived.by(() => isSigned(this.#shown));
  /** Factor from levels of small pictures to those of the scale; among contributions they stay weights, up to 1. */
  gain = $derived(this.quantity === "weights" && this.maximum > 0 ? Math.sqrt(1 / this.maximum) : 1);
  /** Those of which a place means the same. */
  records = $derived.by(() => [this.first, this.isApart ? null : this.second].filter((record) => record !== null));
  layer = $derived(this.first?.header.layers[this.first.layer] ?? null);
  /** Whether what is drawn is too large to be fetched whole for every picture of the film strip. */
  isTooLargeForFilm = $derived.by(() => {
    const { layer, first } = this;
    if (isStack(first?.rollout)) return first.rollout.isLarge;
    return layer !== null && layer.queries * layer.keys > MOST_IN_FILM;
  });
  /** Whether no film strip is drawn: of rollouts and contributions there are no small pictures. */
  isFilmLeftOut = $derived.by(() => {
    const { isTooLargeForFilm, isRolled, quantity, layerInTokens } = this;
    return isTooLargeForFilm && (isRolled || (quantity === "contributions" && layerInTokens?.thumbnail === true));
  });
  /** What the first record is of in tokens, as measures count them. */
  #inTokens = $derived(this.first && (this.first.tokens ?? this.first.header));
  /** The layer in it. */
  layerInTokens = $derived((this.first && this.#inTokens?.layers[this.first.layer]) ?? null);
  /** Whether some tokens are parts of words. */
  hasWords = $derived.by(() => {
    const header = this.#inTokens;
    return header && this.layerInTokens ? hasWords(header, this.layerInTokens) : false;
  });
  measures = $derived.by(
    () => this.session.tracks.find(({ info }) => info.run === this.first?.address.run)?.measures ?? null,
  );
  #lines = $derived.by((): StepLine[] => {
    const { first, measures } = this;
    if (!first || !measures || first.layer < 0) return [];
    const row = firstHeadOf(first.header, first.layer) + first.head;
    return MEASURES.flatMap((measure) => {
      const values = measureLine(measures, row, measure);
      return values
        ? [
            {
              key: measure,
              name: phrases.MEASURE_NAMES[measure],
              values: valuesOver(this.session.steps, measures.steps, values),
            },
          ]
        : [];
    });
  });
  #impliedB = $derived.by((): Compared | null => {
    const other = this.session.selectedRuns[1];
    return other === undefined ? null : { run: other };
  });
  /** The records of the film strip, of the run of A. */
  stills = $derived.by((): RecordAddress[] => {
    const { steps, stepIndex, indexB, runA, runB } = this.session;
    const marked = [stepIndex, ...(runA === runB ? [indexB] : [])];
    const records = filmSteps(steps.length, this.filmCount, marked).flatMap((index) => {
      return this.#requestsAt(index, runA).map(({ address }) => address);
    });
    // A run that logs more seldom has one record for several steps.
    return records.filter(({ step }, index) => step !== records[index - 1]?.step);
  });

  waitingFor = $derived.by(() => {
    const { step } = this.session;
    return this.loader.loading && step !== null ? phrases.waitingForRecord(step, this.place.layer) : null;
  });

  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked.layer;
    const unknown = wanted && this.first && findLayer(this.first.header, wanted) < 0 ? wanted : null;
    const { comparison, layer, first } = this;
    if (!layer || !(unknown ?? comparison ?? first?.rollout)) return [];
    return worked()?.noticesOf(layer, unknown, comparison, first?.rollout) ?? [];
  });

  constructor(
    readonly session: Session,
    readonly api: Api,
    signal: AbortSignal,
  ) {
    super(ATTENTION_START);
    this.loader = new Loader(api);
    this.loaderB = new Loader(api);
    this.film = new Film(api, () => {
      const { layer, first, session } = this;
      if (!layer || !first || session.view !== "attention" || this.isCompared) return null;
      if (this.isFilmLeftOut) return null;
      const isWorked = this.imaged?.keys != null || this.quantity === "contributions";
      const isWhole = isWorked && !this.isTooLargeForFilm;
      return { layer: layerKey(layer), head: first.head, records: this.stills, isWhole, isRolled: this.isRolled };
    });
    signal.addEventListener("abort", () => {
      for (const one of [this.loader, this.loaderB, this.film]) one.stop();
    });
    this.#keepLoading();
    this.#keepChoices();
    this.#keepWatching(api, signal);
  }

  get failures() {
    return this.session.b ? new Map([...this.loaderB.failures, ...this.loader.failures]) : this.loader.failures;
  }

  override get stepLines() {
    return this.#lines;
  }

  override get alarmedSteps() {
    return this.alarms.map(({ step }) => step);
  }

  override get impliedB() {
    return this.#impliedB;
  }

  override get reading(): Sentence | null {
    if (this.told) return this.told;
    if (this.hoveredHead) return this.#readHead(this.hoveredHead);
    const { axes, axesB, matrix, matrixB, hover, hoverB, place, session } = this;
    if (!axes || !matrix) return null;
    const isRead = [hover.query, hover.key, hoverB.query, hoverB.key, place.pin].some((position) => position !== null);
    const weightsLine = isRead || matrixB ? worked()?.weightsLine : null;
    if (!weightsLine) return null;
    const alone = { matrixB: null, isOfRuns: false, pinned: null };
    if (axesB && matrixB && (hoverB.query ?? hoverB.key) !== null)
      return weightsLine({ ...axesB, ...alone, matrix: matrixB, hover: hoverB });
    const pinned = shownIndex(axes.queries, place.pin) === null ? null : place.pin;
    const isOfRuns = runOf(session.b) !== null;
    return weightsLine({ ...axes, matrix, matrixB: axesB ? null : matrixB, isOfRuns, hover, pinned });
  }

  override get hint(): Sentence {
    return this.first ? phrases.HINT : [];
  }

  override get mark(): Mark | null {
    const { layer, matrix, place } = this;
    const axes = this.#allAxes;
    if (!axes || !layer || !matrix) return null;
    const tokens = countLeftOut([
      { name: layer.query_axis || "queries", axis: axes.queries },
      { name: layer.key_axis || "keys", axis: axes.keys },
    ]);
    const short = shortBound(boundOf(matrix));
    const bound = this.isRolled ? phrases.preciseRollout(short) : phrases.precise(this.quantity, short);
    if (tokens === 0) return { text: bound };
    const show = () => this.change({ hide: "nothing", viewport: null });
    return { text: `${bound} · ${phrases.leftOut(tokens, place.hide)}`, action: { name: phrases.SHOW, press: show } };
  }

  /** Returns the head in focus at another record; undefined while it is on its way. */
  stillAt(address: RecordAddress): Still | null | undefined {
    const still = this.film.at(address);
    const drawn = still && this.quantity === "contributions" ? worked()?.stillOfContributions(still) : still;
    return drawn && this.#isInWords ? worked()?.stillInWords(drawn) : drawn;
  }

  /** Returns the tokens that a layer's heads can look at. */
  keysOf(layer: number): string[] {
    const header = this.#inTokens;
    const at = header?.layers[layer];
    return header && at ? tokensAlong(header, at.key_axis, at.keys) : [];
  }

  /** Returns a record as it is drawn; null until what makes it so is loaded. */
  #shownAs(record: LoadedRecord | null): LoadedRecord | null {
    const drawn = record && this.quantity === "contributions" ? (worked()?.ofContributions(record) ?? null) : record;
    return drawn && this.#isInWords ? (worked()?.inWords(drawn) ?? null) : drawn;
  }

  #readHead({ layer, head }: HeadPlace): Sentence | null {
    const { first, measures } = this;
    const header = this.#inTokens?.layers[layer];
    if (!first || !header || !worked()) return null;
    const at = measures ? measures.steps.indexOf(first.address.step) : -1;
    const row = firstHeadOf(first.header, layer) + head;
    const rows = measures && at >= 0 ? measureRows(measures, row, at, this.keysOf(layer)) : [];
    return phrases.headRead(
      header.path,
      head,
      rows.map(({ label, text }) => phrases.figureOf(label, text)),
    );
  }

  /** Says what a measure means; null: nothing any more. */
  async explain(measure: Measure | null): Promise<void> {
    this.#asked = measure;
    if (measure) await learn("attention/details");
    if (this.#asked === measure) this.explained = measure && phrases.measureMeaning(measure);
  }

  get isDrawn() {
    return this.first !== null;
  }

  get arrivals() {
    return this.loader.arrivals;
  }

  override retry(): void {
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
    if (this.session.runs.length < MANY_RUNS) return false;
    this.session.rail = true;
    this.session.runIsSought = true;
    return true;
  }

  selectHead(layer: number, head: number, combine: Combination = this.#ofHeads): void {
    const chosen = this.first?.header.layers[layer];
    if (!chosen) return;
    const { layer: current } = this;
    if (chosen.query_axis !== current?.query_axis || chosen.key_axis !== current.key_axis) this.#leaveTokens();
    this.session.linked = null;
    this.change({ layer: layerKey(chosen), head, heads: [head], combine });
  }

  /** A layer, of which the rollout is drawn where that of another one was. */
  selectLayer(layer: number): void {
    this.selectHead(layer, Math.min(this.first?.head ?? 0, this.headsOf(layer) - 1), this.place.combine);
  }

  headsOf(layer: number): number {
    return this.first?.header.layers[layer]?.heads ?? 1;
  }

  /** Draws heads of the layer in their colours or as one, as soon as that can be. */
  async combine(combine: Combination, heads = this.place.heads): Promise<void> {
    if (combine !== "each") await loadWorked();
    this.change({ combine, heads });
  }

  combineAll(combine: Combination): void {
    if (this.layer) void this.combine(combine, combine === "rollout" ? undefined : [...Array(this.layer.heads).keys()]);
  }

  /** Draws tokens, or the words that they make up, as soon as that can be. */
  async setLevel(level: Level): Promise<void> {
    await loadWorked();
    this.#leaveTokens();
    this.change({ level });
  }

  /** The table of heads, or the picture. */
  toggleTable(): void {
    this.change({ table: this.place.table === null ? "alarms" : null });
  }

  /** A head by its number. */
  chooseHead(head: number): boolean {
    if (!this.first || !this.layer || head >= this.layer.heads) return false;
    this.selectHead(this.first.layer, head);
    return true;
  }

  stepLayer(by: number): void {
    if (!this.first) return;
    const layer = cycled(listedLayers(this.first.header), this.first.layer, by);
    if (layer !== undefined) this.selectLayer(layer);
  }

  stepHead(by: number): void {
    if (!this.first || !this.layer) return;
    const { head, heads } = this.first;
    const several = heads.length > 1 ? heads : Array.from({ length: this.layer.heads }, (_, index) => index);
    const next = cycled(several, head, by) ?? 0;
    this.change({ head: next, heads: heads.length > 1 ? heads : [next], combine: this.#ofHeads });
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
    this.change({ head, heads: isAlone ? all : [head], combine: this.#ofHeads });
  }

  pin(query: number | null): void {
    this.change({ pin: query });
  }

  /** Pins, zoom and pointer name tokens; other tokens make them meaningless. */
  #leaveTokens(): void {
    this.change({ pin: null, viewport: null });
    this.hover = NO_HOVER;
  }

  /** The record of a run at a place of the step bar: its latest by then, if there is one. */
  #requestsAt(index: number, run: string | null): Request[] {
    const step = this.session.steps[index];
    if (step === undefined) return [];
    const tracks = this.session.tracks.filter(({ info }) => info.run === run);
    return tracks.flatMap(({ info, steps, measures }) => {
      const at = latestBy(steps.steps, step);
      const [held, written] = [steps.steps[at], steps.wall_times[at]];
      if (held === undefined || written === undefined) return [];
      return [{ address: { run: info.run, tag: info.tag, step: held, written }, measures }];
    });
  }

  #keepLoading(): void {
    // Before anything is drawn: the answers come while it is.
    $effect.pre(() => {
      if (this.session.view !== "attention") return;
      void this.#attempt;
      const { layer, head, heads, combine } = this.place;
      const wish: Wish = { layer, head, heads: heads && [...heads], isRolled: combine === "rollout" };
      const { stepIndex, steps, runA } = this.session;
      const requests = this.#requestsAt(stepIndex, runA);
      const near = neighbours(stepIndex, steps.length, PREFETCH_REACH);
      const ahead = near.flatMap((index) => this.#requestsAt(index, runA));
      untrack(async () => {
        await this.loader.show(requests, wish);
        await this.loader.prepare(ahead, { ...wish, isRolled: this.isRolled && !this.isTooLargeForFilm });
      });
    });
    $effect(() => {
      const { session, layer, first } = this;
      if (session.view !== "attention" || !session.b || !layer || !first) return;
      void this.#attempt;
      const like = { header: first.header, layer: first.layer };
      const wish: Wish = { layer: null, like, head: first.head, heads: [...first.heads], isRolled: this.isRolled };
      const requests = this.#requestsAt(session.indexB, session.runB);
      untrack(() => this.loaderB.show(requests, wish));
    });
  }

  /** Alarms are asked for once something is drawn. */
  #keepWatching(api: Api, signal: AbortSignal): void {
    $effect(() => {
      // Other views have other tags.
      const address = this.session.view === "attention" ? this.first?.address : null;
      const track = this.session.tracks.find(({ info }) => info.run === address?.run && info.tag === address.tag);
      if (!track) return;
      import("./heads/alarms").then(
        ({ keepTold }) => keepTold(this, track.info, api, signal),
        () => {},
      );
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

/** Whether B shows the heads that A does; not yet while it is on its way. */
function isOfSameHeads(a: LoadedRecord, b: LoadedRecord): boolean {
  const isOfLayer = b.layer >= 0 && b.layer === layerLike(b.header, a.header, a.layer);
  const isAlike = isStack(a.rollout) === isStack(b.rollout);
  return isOfLayer && isAlike && b.head === a.head && b.heads.join() === a.heads.join();
}
