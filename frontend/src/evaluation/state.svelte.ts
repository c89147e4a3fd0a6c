/** The store of the evaluation view: its place, the tables in sight, and what is chosen in them. */

import { untrack } from "svelte";
import type { Api, RequestFailure } from "../host/api";
import { noted } from "../language/remarks";
import type { Sentence } from "../language/sentence";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { runOf } from "../store/compared";
import { Growing } from "../store/growing.svelte";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { type StepLine, valuesOver } from "../store/stepLines";
import { stepSeriesFrom } from "../store/stepSeries";
import { latestBy } from "../store/steps";
import { type Mark, ViewState } from "../store/viewState.svelte";
import { WHOLE_SET } from "../wire/schema.gen";
import { Examples } from "./examples/examples.svelte";
import { phrases } from "./language";
import { sliceLine, tokenLine } from "./line";
import { EVALUATION_START, type EvaluationPlace, ORDERS, type Order, PANELS, type Panel } from "./place";
import { PREDICTIONS } from "./record/predictions";
import { Records } from "./record/records.svelte";
import { Passage } from "./strip/passage.svelte";
import { meanOf } from "./table/mean";
import { measuresAtFirst } from "./table/measures";
import { rowsOf, type Side, type SliceRow } from "./table/rows";
import { groupsOf, measuredIn, slicesIn } from "./table/slices";
import { type PredictionSeries, type Setup, type Tables, tablesOf } from "./types";

export class EvaluationState extends ViewState<EvaluationPlace> {
  /** The slice under the pointer. */
  hovered = $state.raw<string | null>(null);
  /** What is pointed at in a picture. */
  #told = $state.raw<string | null>(null);

  readonly blobs: Blobs;
  /** What was predicted of the examples, of the series in sight. */
  readonly predictions: Growing<PredictionSeries>;

  tracks = $derived.by(() =>
    this.session.view === "evaluation" ? this.session.tracks.filter(({ info }) => info.kind === "evaluation") : [],
  );
  /** Of each run in sight. */
  tables = $derived.by((): Tables[] => this.tracks.flatMap(readTables));
  /** The runs that A is: all but that of B. */
  runsOfA = $derived.by((): string[] => {
    const other = runOf(this.session.b);
    return this.session.selectedRuns.filter((run) => run !== other);
  });
  /** Of those; several are drawn as their mean where there is one. */
  tablesOfA = $derived.by((): Tables[] => this.tables.filter(({ run }) => this.runsOfA.includes(run)));
  /** The one of them that is drawn where there is no mean. */
  run = $derived.by((): string | null => {
    const { run } = this.place;
    return run !== null && this.runsOfA.includes(run) ? run : (this.tablesOfA[0]?.run ?? this.runsOfA[0] ?? null);
  });
  a = $derived.by((): Side | null => {
    return this.tablesOfA.length > 0 ? this.#side(meanOf(this.tablesOfA), this.session.step) : null;
  });
  b = $derived.by((): Side | null => {
    const { session } = this;
    if (!session.b || !this.a) return null;
    if ("step" in session.b) return this.#side(this.a.tables, session.stepB);
    const { run } = session.b;
    const other = this.tables.find((tables) => tables.run === run);
    return other ? this.#side(other, session.step) : null;
  });

  /** Every measure of the tables in sight. */
  measures = $derived.by(() => [...new Set(this.tables.flatMap(({ measures }) => measures))]);
  shownMeasures = $derived.by((): string[] => {
    const chosen = this.place.measures?.filter((name) => this.measures.includes(name)) ?? [];
    return chosen.length > 0 ? chosen : measuresAtFirst(this.measures);
  });
  /** The one that the slices are sorted by. */
  measure = $derived.by((): string | null => {
    return this.shownMeasures.find((name) => name === this.place.measure) ?? this.shownMeasures[0] ?? null;
  });
  slices = $derived.by(() => [...new Set([this.a, this.b].flatMap((side) => side?.tables.slices ?? []))]);
  groups = $derived.by(() => groupsOf(this.slices));
  /** What the slices shown are told by, if this set has such slices; null: whatever it is. */
  group = $derived.by((): string | null => {
    const { group } = this.place;
    return group !== null && this.groups.has(group) ? group : null;
  });
  #found = $derived.by(() => measuredIn(slicesIn(this.slices, this.group), this.tables, this.shownMeasures));
  /** How many slices have none of the measures shown at any step, and are left out. */
  unmeasured = $derived(this.#found.unmeasured);
  rows = $derived.by((): SliceRow[] => {
    const { a, b, measure } = this;
    if (!a || measure === null) return [];
    return rowsOf(a, b, this.#found.measured, this.shownMeasures, measure, this.place.order);
  });
  /** Place of the chosen slice among the rows. */
  chosen = $derived.by(() =>
    Math.max(
      0,
      this.rows.findIndex(({ slice }) => slice === this.place.slice),
    ),
  );
  row = $derived<SliceRow | null>(this.rows[this.chosen] ?? null);

  /** What was predicted in the run that is drawn. */
  predicted = $derived.by((): PredictionSeries | null => this.predictionsOf(this.run));
  /** At A: a training that goes on with another data set has other classes and examples from there on. */
  setup = $derived.by((): Setup | null => this.examples.setup);

  /** How the intervals at A were made; "" for none. */
  interval = $derived.by((): string => {
    const { interval = "", remarks = [] } = this.setup ?? {};
    return noted({ notes: [interval], remarks }, phrases.REMARKS).join();
  });

  /** Whether there is a held-out set, though its tables may be on their way, and not only texts. */
  hasSet = $derived.by(() => this.session.inSight.some(({ kind }) => kind === "evaluation"));
  /** What there is to draw, as far as is known. */
  panels = $derived.by((): Panel[] => {
    const { setup, hasSet, passage } = this;
    const isThere: Record<Panel, boolean> = {
      slices: hasSet,
      curves: hasSet,
      confusion: (setup?.classes.length ?? 0) > 0,
      calibration: hasSet,
      map: (setup?.inputs.length ?? 0) > 0,
      tokens: passage.names.length > 0,
    };
    return PANELS.filter((panel) => isThere[panel]);
  });
  panel = $derived.by((): Panel => {
    const { panel } = this.place;
    if (panel !== null && (this.panels.includes(panel) || this.hasSet)) return panel;
    return this.panels[0] ?? "slices";
  });
  readonly examples: Examples;
  readonly passage: Passage;
  readonly records: Records;

  failures = $derived.by((): ReadonlyMap<string, RequestFailure> => {
    return new Map([...this.records.failures, ...this.passage.failures, ...this.predictions.failures]);
  });
  isDrawn = $derived.by(() => this.rows.length > 0 || this.panel === "tokens");
  arrivals = $derived.by(() => this.session.stepIndex);
  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked;
    const notices: string[] = [];
    if (!wanted || this.rows.length === 0) return notices;
    if (wanted.slice !== null && !this.slices.includes(wanted.slice)) notices.push(phrases.unknownSlice(wanted.slice));
    if (wanted.measure !== null && !this.measures.includes(wanted.measure))
      notices.push(phrases.unknownMeasure(wanted.measure));
    return notices;
  });
  /** What the tables stand in is waited for by the session; the examples come by and by. */
  readonly waitingFor = null;

  constructor(
    readonly session: Session,
    api: Api,
    signal: AbortSignal,
  ) {
    super(EVALUATION_START);
    this.blobs = new Blobs(api);
    this.predictions = new Growing(stepSeriesFrom(api, PREDICTIONS), signal);
    this.examples = new Examples(this);
    this.passage = new Passage(this, api, signal);
    this.records = new Records(this);
    $effect(() => {
      if (session.view !== "evaluation") return;
      for (const { info } of this.tracks) untrack(() => this.predictions.follow(info));
    });
  }

  /** Sorts the slices by a measure, and has the step bar draw it. */
  sortBy(measure: string): void {
    this.change({ measure });
    this.session.change({ line: measure });
  }

  /** Shows a measure, or no longer; never none. */
  toggleMeasure(measure: string): void {
    const shown = this.shownMeasures;
    const others = shown.filter((name) => name !== measure);
    const chosen = others.length === shown.length ? [...shown, measure] : others;
    if (chosen.length > 0) this.change({ measures: this.measures.filter((name) => chosen.includes(name)) });
  }

  choose(slice: string): void {
    this.session.linked = null;
    this.change({ slice: slice === WHOLE_SET ? null : slice });
  }

  stepSlice(by: number): boolean {
    if (this.panel === "tokens") return this.passage.stepToken(by);
    const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, this.chosen + by))];
    if (row) this.choose(row.slice);
    return row !== undefined;
  }

  stepMeasure(by: number): void {
    const measure = this.measure === null ? undefined : cycled(this.shownMeasures, this.measure, by);
    if (measure !== undefined) this.sortBy(measure);
  }

  stepPanel(): void {
    const panel = cycled(this.panels, this.panel, 1);
    if (panel) this.change({ panel });
  }

  /** Sorts in the next way; those that compare only where there is a B. */
  stepOrder(): void {
    this.change({ order: cycled(this.orders, this.place.order, 1) ?? "worst" });
  }

  get orders(): readonly Order[] {
    return this.b ? ORDERS : ORDERS.filter((order) => order === "worst" || order === "logged");
  }

  /** Has the reading line say this as long as the component lives that calls it. */
  keepTelling(tell: () => string | null): void {
    $effect(() => {
      this.#told = tell();
      return () => {
        this.#told = null;
      };
    });
  }

  predictionsOf(run: string | null): PredictionSeries | null {
    const info = this.session.inSight.find((info) => info.run === run);
    return (info && this.predictions.values.get(seriesKey(info))) ?? null;
  }

  leaveExample(): void {
    this.change({ slice: null, mistaken: null, brushed: null, token: null });
  }

  override retry(): void {
    for (const { info } of this.tracks) void this.predictions.follow(info);
    this.passage.retry();
  }

  release(): boolean {
    const { place, panel } = this;
    if (panel === "tokens" && place.token !== null) this.change({ token: null });
    else if (panel === "confusion" && place.mistaken) this.change({ mistaken: null });
    else if (panel === "map" && place.brushed) this.change({ brushed: null });
    else if (place.slice !== null) this.change({ slice: null });
    else if (panel !== this.panels[0]) this.change({ panel: null });
    else return false;
    return true;
  }

  override get answers() {
    return [this.blobs];
  }

  override get stepLines(): readonly StepLine[] {
    const { session, a, row } = this;
    if (!a || !row) return [];
    return this.measures.flatMap((measure): StepLine[] => {
      const line = a.tables.line(row.slice, measure);
      if (line.every(Number.isNaN)) return [];
      return [
        { key: measure, name: phrases.measureName(measure), values: valuesOver(session.steps, a.tables.steps, line) },
      ];
    });
  }

  override get impliedLine(): string | null {
    return this.measure;
  }

  override get reading(): Sentence | null {
    if (this.panel === "tokens") return tokenLine(this.passage.read);
    if (this.#told !== null) return [this.#told];
    const [whole] = this.rows;
    const row = this.rows.find(({ slice }) => slice === this.hovered) ?? this.row;
    return row && whole && this.measure !== null ? sliceLine(row, whole, this.measure, this.b !== null) : null;
  }

  override get hint(): Sentence {
    return this.isDrawn && this.panel !== "tokens" ? phrases.HINT : [];
  }

  override get mark(): Mark | null {
    const { setup, measure, panel } = this;
    if (panel === "tokens") return null;
    const signature = measure === null ? undefined : setup?.signatures[measure];
    const interval =
      this.tablesOfA.length > 1 && panel === "slices" ? phrases.intervalOfRuns(this.tablesOfA.length) : this.interval;
    const text = [interval, signature].filter(Boolean).join(" · ");
    return text ? { text } : null;
  }

  #side(tables: Tables, step: number | null): Side {
    return { tables, at: step === null ? tables.steps.length - 1 : latestBy(tables.steps, step) };
  }
}

function readTables({ info, measures }: Track): Tables[] {
  if (!measures?.cells) return [];
  const { slices, measures: names } = measures.cells;
  return [tablesOf(info.run, measures.steps, slices, names, measures.values)];
}
