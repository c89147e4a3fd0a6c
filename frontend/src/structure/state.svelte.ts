/** The store of the structure view: its place, the structure drawn, and the numbers at the step chosen. */

import { untrack } from "svelte";
import { type Api, asFailure, type RecordAddress, RequestFailure } from "../host/api";
import { noted } from "../language/remarks";
import type { Sentence } from "../language/sentence";
import { attempt, successOf } from "../store/attempt";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { measureLine, namesWithValues } from "../store/measures";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { type StepLine, valuesOver } from "../store/stepLines";
import { indexUpTo, latestBy } from "../store/steps";
import { type Mark, ViewState } from "../store/viewState.svelte";
import { formatFigure } from "../ui/figures";
import type { StructureHeader } from "../wire/schema.gen";
import { Drawer, MOST_LEVELS } from "./drawing/drawer";
import { folded, standInOf } from "./drawing/folding";
import { fonts } from "./drawing/fonts";
import { liftEdges } from "./drawing/lines";
import type { Direction } from "./drawing/navigate";
import { openTo } from "./drawing/opening";
import { type Scene, type SceneLine, type Source, sceneOf } from "./drawing/scene";
import { Sight } from "./drawing/sight.svelte";
import { fills } from "./drawing/viewport";
import { findLayers } from "./find";
import { type Health, healthOf } from "./health";
import { type HeatRow, heatRows } from "./heat/heatRows";
import { phrases } from "./language";
import { Links } from "./links";
import { type Labels, STRUCTURE_START, type StructurePlace } from "./place";
import { readStructure } from "./record";
import { buildTree, type Item, isGroup, lineage, openAtFirst, type Tree } from "./tree";
import { everyValue, figuresAt, GRADIENT, ROLE, scaleOf, UPDATE } from "./values";

/** Of more layers built alike only the first is drawn. */
export const MOST_ALIKE = 4;
/** More rows of the table are shown only where the drawing shows their layers. */
const MOST_ROWS = 36;

/** A layer at a step. */
export interface Pointed {
  path: string;
  /** Index in the steps of the statistics. */
  at: number;
}

export class StructureState extends ViewState<StructurePlace> {
  scene = $state.raw<Scene | null>(null);
  layoutError = $state<string | null>(null);

  readonly blobs: Blobs;
  readonly links: Links;
  readonly sight: Sight;
  #drawer = new Drawer();

  /** The run that is drawn. */
  run = $derived.by(() => {
    const runs = this.session.inSight.map(({ run }) => run);
    return runs.find((run) => run === this.place.run) ?? runs[0] ?? null;
  });
  /** The newest record at or before the step, or else the first. */
  address = $derived.by((): RecordAddress | null => {
    const info = this.session.inSight.find(({ run }) => run === this.run);
    const track = info && this.session.catalogue.tracks.get(seriesKey(info));
    if (!track || !info || this.session.view !== "structure") return null;
    return addressAt(track, indexUpTo(track.steps.steps, this.session.step ?? Number.MAX_SAFE_INTEGER));
  });
  #found = $derived.by(() => this.address && this.blobs.get({ ...this.address, index: 0 }));
  #read = $derived.by((): StructureHeader | RequestFailure | null => {
    const found = this.#found;
    return found && !(found instanceof RequestFailure) ? attempt(() => readStructure(found)) : found;
  });
  /** The last one that could be read, and of which series. */
  #last = $state.raw<{ of: string; header: StructureHeader } | null>(null);
  /** What is drawn: until the next of its series is there, the one before. */
  header = $derived.by((): StructureHeader | null => {
    const read = this.#read;
    const isToCome = read === null || (read instanceof RequestFailure && read.reason === "gone");
    if (!isToCome) return successOf(read);
    return this.address && this.#last?.of === seriesKey(this.address) ? this.#last.header : null;
  });
  #folded = $derived.by(() => this.header && folded(buildTree(this.header), this.header.edges, MOST_ALIKE));
  tree = $derived.by((): Tree | null => this.#folded?.tree ?? null);
  /** Those that are drawn. */
  edges = $derived.by(() => this.#folded?.edges ?? []);
  /** What was opened to fill the column; null until it was drawn. */
  #full = $state.raw<{ tree: Tree; open: ReadonlySet<string> } | null>(null);
  #chosenOpen = $derived.by(
    () => new Set(this.tree ? [this.tree.root.key, ...(this.place.open ?? openAtFirst(this.tree))] : []),
  );
  open = $derived.by((): ReadonlySet<string> => {
    return this.place.open === null && this.#full?.tree === this.tree ? this.#full.open : this.#chosenOpen;
  });
  lines = $derived.by(() =>
    this.tree ? liftEdges(this.tree, this.edges, new Set(this.place.masks ? [] : (["mask"] as const))) : null,
  );
  /** What is drawn; where nothing was opened by hand, as little as can be. */
  source = $derived.by((): Source | null => {
    const { header, tree, lines, isBrief } = this;
    if (!header || !tree || !lines || !this.#isRoomKnown) return null;
    const open = this.#chosenOpen;
    const { labels } = this;
    return { tree, tensors: header.tensors, lines, open, labels, fonts: fonts(), mostAlike: MOST_ALIKE, isBrief };
  });
  #isRoomKnown = $derived.by(() => this.sight.room.height > 0);

  /** The room, where what was opened to fill it can no longer be read whole: a sentence or a legend came after it and took some. */
  #tooSmall = $derived.by(() => {
    const { scene, place, sight } = this;
    const isOurs = this.#full !== null && place.open === null && place.viewport === null;
    return isOurs && scene && !fills(scene, sight.room) ? sight.room : null;
  });

  /** The statistics of the run that is drawn. */
  track = $derived.by(
    (): Track | null =>
      this.session.tracks.find(({ info }) => info.run === this.run && info.kind === "statistics") ?? null,
  );
  measures = $derived.by(() => this.track?.measures ?? null);
  /** The last step at or before the cursor with statistics; null before the first. */
  step = $derived.by((): number | null => {
    const steps = this.measures?.steps ?? [];
    return this.session.step === null ? null : (steps[latestBy(steps, this.session.step)] ?? null);
  });
  figures = $derived.by(() => figuresAt(this.measures, this.step));
  /** Statistics that say something. */
  statistics = $derived.by(() => (this.measures ? namesWithValues(this.measures) : []));
  colour = $derived.by(() => {
    const colour = this.place.colour ?? GRADIENT;
    return colour === "parameters" || this.statistics.includes(colour) ? colour : ROLE;
  });
  /** Whether boxes say no more than their names and figures. */
  isBrief = $derived.by(() => this.colour !== ROLE && this.colour !== "parameters");
  scale = $derived.by(() => {
    const { colour, measures, header } = this;
    if (colour === "parameters") return scaleOf(colour, header?.nodes.map(({ total }) => total) ?? []);
    return colour === ROLE || !measures ? null : scaleOf(colour, everyValue(measures, colour));
  });
  /** The innermost layers with numbers that are not. */
  broken = $derived.by(() => {
    const { header, figures } = this;
    const paths = header?.nodes.filter(({ path }) => figures.isBroken(path)).map(({ path }) => path) ?? [];
    const all = new Set(paths);
    const parents = new Set(header?.nodes.filter(({ path }) => all.has(path)).map(({ parent }) => parent));
    return paths.filter((path) => !parents.has(path));
  });

  /** On lines: where boxes say little, nothing at first. */
  labels = $derived.by((): Labels => this.place.labels ?? (this.isBrief ? "none" : "axes"));
  /** What the table shows beside the drawing: every layer of it with numbers, and those inside as far as they are few. */
  rows = $derived.by((): readonly HeatRow[] => {
    const { tree, measures, open, colour } = this;
    if (!tree || !measures || !this.isBrief) return [];
    const rowsTo = (level: number) =>
      heatRows(tree, new Set([...open, ...openTo(tree, level, MOST_ALIKE)]), measures, colour, MOST_ALIKE);
    let rows = rowsTo(1);
    for (let level = 2; level <= MOST_LEVELS; level++) {
      const more = rowsTo(level);
      if (more.length > MOST_ROWS) break;
      rows = more;
    }
    return rows;
  });
  health = $derived.by((): Health | null => {
    const { measures, step, broken, header } = this;
    if (!measures || step === null || !header) return null;
    return healthOf(measures, step, broken, this.rows, header.nodes);
  });
  /** What is pointed at in the table. */
  hovered = $state.raw<Pointed | null>(null);
  /** The chosen layer at the step. */
  pointed = $derived.by((): Pointed | null => {
    if (this.hovered) return this.hovered;
    const at = this.measures && this.step !== null ? this.measures.steps.indexOf(this.step) : -1;
    return this.item?.kind === "layer" && at >= 0 ? { path: this.item.key, at } : null;
  });
  /** What stands for the chosen layer in the drawing. */
  outlined = $derived.by(() => this.item && standInOf(this.item, MOST_ALIKE).key);

  item = $derived.by((): Item | null => (this.place.item && this.tree?.byKey.get(this.place.item)) || null);
  line = $derived.by((): SceneLine | null => this.scene?.lines.find(({ key }) => key === this.place.line) ?? null);
  matches = $derived.by(() => (this.tree ? findLayers(this.tree, this.place.search) : []));
  matchIndex = $derived.by(() => (this.item ? this.matches.indexOf(this.item) : -1));

  failures = $derived.by((): ReadonlyMap<string, RequestFailure> => {
    const failures = new Map<string, RequestFailure>();
    if (this.run !== null && this.#read instanceof RequestFailure) failures.set(this.run, this.#read);
    return failures;
  });
  isDrawn = $derived.by(() => this.scene !== null);
  arrivals = $derived.by(() => this.session.stepIndex);
  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked.item;
    return wanted !== null && this.tree && !this.item ? [phrases.unknownLayer(wanted)] : [];
  });
  waitingFor = $derived.by(() =>
    this.run !== null && this.address !== null && this.#found === null ? phrases.waitingForStructure(this.run) : null,
  );

  constructor(
    readonly session: Session,
    api: Api,
    signal: AbortSignal,
  ) {
    super(STRUCTURE_START);
    this.blobs = new Blobs(api);
    this.links = new Links(session, () => this.run);
    this.sight = this.#sight();
    signal.addEventListener("abort", () => this.#drawer.end());
    $effect(() => {
      if (this.session.view === "structure") this.#drawer.prepare();
    });
    this.blobs.keep(() => (this.address ? [{ ...this.address, index: 0 }] : []));
    $effect(() => {
      const header = successOf(this.#read);
      if (header && this.address) this.#last = { of: seriesKey(this.address), header };
    });
    $effect(() => {
      const { source } = this;
      if (source) untrack(() => this.#draw(source));
      else if (this.session.view === "structure") this.scene = null;
    });
    $effect(() => {
      if (this.#tooSmall) untrack(() => this.source && this.#draw(this.source));
    });
  }

  /** Opens a group or closes it. */
  toggle(key: string): void {
    const item = this.tree?.byKey.get(key);
    if (!item || !isGroup(item) || item === this.tree?.root) return;
    this.sight.hold(key);
    if (!this.open.has(key)) this.change({ open: [...this.open, key] });
    else this.change({ open: [...this.open].filter((other) => !isWithin(this.tree, other, item)) });
  }

  /** Opens the chosen group or closes it; returns whether something is chosen. */
  toggleChosen(): boolean {
    if (this.item) this.toggle(this.item.key);
    return this.item !== null;
  }

  closeAll(): void {
    this.change({ open: null, viewport: null });
  }

  choose(key: string | null): void {
    this.session.linked = null;
    this.change({ item: key, line: null });
  }

  chooseLine(key: string): void {
    this.session.linked = null;
    this.change({ line: key, item: null });
  }

  /** Opens what a layer is in, chooses it and brings it into sight. */
  reveal(item: Item): void {
    const shown = standInOf(item, MOST_ALIKE);
    const around = lineage(shown).slice(0, -1);
    this.choose(item.key);
    this.sight.want(shown.key);
    const closed = around.filter(({ key }) => !this.open.has(key));
    if (closed.length > 0) this.change({ open: [...this.open, ...closed.map(({ key }) => key)] });
    else this.sight.bringIntoSight();
  }

  stepMatch(by: number): boolean {
    const next = this.matchIndex < 0 && by < 0 ? this.matches.at(-1) : cycled(this.matches, this.item as Item, by);
    if (next) this.reveal(next);
    return next !== undefined;
  }

  move(direction: Direction): boolean {
    void this.#move(direction);
    return this.scene !== null;
  }

  /** What finds the way is loaded with the first key. */
  async #move(direction: Direction): Promise<void> {
    const { flowOf, moveFrom } = await import("./drawing/navigate");
    const { scene, tree, outlined } = this;
    if (!scene || !tree) return;
    const ends = this.edges.map(
      ({ source, target }) => [tree.ends.get(source) as Item, tree.ends.get(target) as Item] as const,
    );
    const key = moveFrom(scene, flowOf(scene, ends), outlined, direction);
    const item = key === null ? undefined : tree.byKey.get(key);
    if (item) this.reveal(item);
  }

  leaveExample(): void {
    this.change({ open: null, item: null, line: null, viewport: null });
  }

  release(): boolean {
    const isChosen = this.place.item !== null || this.place.line !== null;
    this.change({ item: null, line: null });
    return isChosen;
  }

  /** Shows so many levels of layers. */
  openLevels(levels: number): void {
    if (this.tree) this.change({ open: [...openTo(this.tree, levels, MOST_ALIKE)], viewport: null });
  }

  override get answers() {
    return [this.blobs];
  }

  override get stepLines(): readonly StepLine[] {
    const { measures, session, colour, item, tree } = this;
    // Of the model as a whole, where no layer is chosen.
    const path = item?.kind === "layer" ? item.key : tree?.root.key;
    const row = path !== undefined && measures ? measures.layers.indexOf(path) : -1;
    const line = measures && row >= 0 ? measureLine(measures, row, colour) : null;
    if (!measures || !line) return [];
    return [
      { key: colour, name: phrases.statisticName(colour), values: valuesOver(session.steps, measures.steps, line) },
    ];
  }

  override get reading(): Sentence | null {
    const { measures, pointed, colour } = this;
    if (!measures || !pointed || !this.isBrief) return null;
    const row = measures.layers.indexOf(pointed.path);
    const line = row < 0 ? null : measureLine(measures, row, colour);
    if (!line) return null;
    const largest = line.reduce(
      (best, value, at) => (value > (line[best] as number) || Number.isNaN(line[best]) ? at : best),
      0,
    );
    const ratio = measureLine(measures, row, UPDATE)?.[pointed.at] ?? Number.NaN;
    return phrases.layerRead(
      pointed.path,
      phrases.statisticName(colour),
      { value: formatFigure(line[pointed.at] as number), step: measures.steps[pointed.at] as number },
      { value: formatFigure(line[largest] as number), step: measures.steps[largest] as number },
      Number.isNaN(ratio) || colour === UPDATE ? null : formatFigure(ratio),
    );
  }

  override get hint(): Sentence {
    if (!this.isDrawn) return [];
    return this.rows.length > 0 ? phrases.HINT_WITH_TABLE : phrases.HINT_LINE;
  }

  override get mark(): Mark | null {
    const text = noted(this.header, phrases.REMARKS).join(" · ");
    return text ? { text } : null;
  }

  async #draw(source: Source): Promise<void> {
    const { open } = this.place;
    const around = open === null && this.item ? lineage(standInOf(this.item, MOST_ALIKE)).slice(0, -1) : [];
    const least = { ...source, open: new Set([...source.open, ...around.map(({ key }) => key)]) };
    try {
      const drawn = await this.#drawer.draw(least, open === null ? this.sight.room : null);
      if (!drawn) return;
      this.scene = sceneOf(drawn.source, drawn.layout);
      this.#full = this.place.open === null ? { tree: source.tree, open: drawn.source.open } : null;
      this.layoutError = null;
      this.sight.settle();
    } catch (error) {
      this.layoutError = phrases.layoutFailed(asFailure(error).message);
    }
  }

  #sight(): Sight {
    const state = this;
    return new Sight({
      get scene() {
        return state.scene;
      },
      get viewport() {
        return state.place.viewport;
      },
      look: (viewport) => state.change({ viewport }),
    });
  }
}

function addressAt({ info, steps }: Track, at: number): RecordAddress | null {
  const [step, written] = [steps.steps[at], steps.wall_times[at]];
  return step === undefined || written === undefined ? null : { run: info.run, tag: info.tag, step, written };
}

function isWithin(tree: Tree | null, key: string, group: Item): boolean {
  for (let at: Item | null | undefined = tree?.byKey.get(key); at; at = at.parent) if (at === group) return true;
  return false;
}
