/** The store of the structure view: its place, the structure drawn, and the numbers at the step chosen. */

import { untrack } from "svelte";
import { type Api, asFailure, type RecordAddress, RequestFailure } from "../host/api";
import { Blobs } from "../store/blobs.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { namesWithValues } from "../store/measures";
import { cycled } from "../store/selection";
import type { Session } from "../store/session.svelte";
import { indexUpTo } from "../store/steps";
import { ViewState } from "../store/viewState.svelte";
import type { StructureHeader } from "../wire/schema.gen";
import { fonts } from "./drawing/fonts";
import { liftEdges } from "./drawing/lines";
import { type Direction, flowOf, moveFrom } from "./drawing/navigate";
import { type Scene, type SceneLine, type Source, sceneOf, specOf } from "./drawing/scene";
import { Sight } from "./drawing/sight.svelte";
import { layoutFailed, unknownLayer, waitingForStructure } from "./en";
import { findLayers } from "./find";
import { Layouter } from "./layout/layouter";
import { Links } from "./links";
import { STRUCTURE_START, type StructurePlace } from "./place";
import { buildTree, type Item, isGroup, lineage, openAtFirst, type Tree } from "./tree";
import { everyValue, figuresAt, scaleOf } from "./values";

export class StructureState extends ViewState<StructurePlace> {
  scene = $state.raw<Scene | null>(null);
  layoutError = $state<string | null>(null);

  readonly blobs: Blobs;
  readonly links: Links;
  readonly sight: Sight;
  #layouter = new Layouter();
  #attempt = $state(0);

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
  /** As text, so that it changes only with what it says. */
  #asked = $derived(this.address && JSON.stringify({ ...this.address, index: 0 }));
  #found = $derived.by(() => (this.#asked === null ? null : this.blobs.get(JSON.parse(this.#asked))));
  header = $derived.by((): StructureHeader | null =>
    this.#found && !(this.#found instanceof RequestFailure) ? (this.#found.header as StructureHeader) : null,
  );
  tree = $derived.by((): Tree | null => this.header && buildTree(this.header));
  open = $derived.by(
    () => new Set(this.tree ? [this.tree.root.key, ...(this.place.open ?? openAtFirst(this.tree))] : []),
  );
  lines = $derived.by(() =>
    this.header && this.tree
      ? liftEdges(this.tree, this.header.edges, new Set(this.place.masks ? [] : (["mask"] as const)))
      : null,
  );
  source = $derived.by((): Source | null => {
    const { header, tree, lines, open } = this;
    if (!header || !tree || !lines) return null;
    return { tree, tensors: header.tensors, lines, open, labels: this.place.labels, fonts: fonts() };
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
    const held = this.session.step === null ? undefined : steps[indexUpTo(steps, this.session.step)];
    return held !== undefined && held <= (this.session.step as number) ? held : null;
  });
  figures = $derived.by(() => figuresAt(this.measures, this.step));
  /** Statistics that say something. */
  statistics = $derived.by(() => (this.measures ? namesWithValues(this.measures) : []));
  colour = $derived.by(() => {
    const { colour } = this.place;
    return colour === "parameters" || this.statistics.includes(colour) ? colour : STRUCTURE_START.colour;
  });
  scale = $derived.by(() => {
    const { colour, measures, header } = this;
    if (colour === "parameters") return scaleOf(colour, header?.nodes.map(({ total }) => total) ?? []);
    return colour === "role" || !measures ? null : scaleOf(colour, everyValue(measures, colour));
  });
  /** The innermost layers with numbers that are not. */
  broken = $derived.by(() => {
    const { header, figures } = this;
    const paths = header?.nodes.filter(({ path }) => figures.isBroken(path)).map(({ path }) => path) ?? [];
    const all = new Set(paths);
    const parents = new Set(header?.nodes.filter(({ path }) => all.has(path)).map(({ parent }) => parent));
    return paths.filter((path) => !parents.has(path));
  });

  item = $derived.by((): Item | null => (this.place.item && this.tree?.byKey.get(this.place.item)) || null);
  line = $derived.by((): SceneLine | null => this.scene?.lines.find(({ key }) => key === this.place.line) ?? null);
  matches = $derived.by(() => (this.tree ? findLayers(this.tree, this.place.search) : []));
  matchIndex = $derived.by(() => (this.item ? this.matches.indexOf(this.item) : -1));

  failures = $derived.by((): ReadonlyMap<string, RequestFailure> => {
    const failures = new Map<string, RequestFailure>();
    if (this.run !== null && this.#found instanceof RequestFailure) failures.set(this.run, this.#found);
    return failures;
  });
  isDrawn = $derived.by(() => this.scene !== null);
  arrivals = $derived.by(() => this.session.stepIndex);
  notices = $derived.by(() => {
    const wanted = this.session.linked && this.linked.item;
    return wanted !== null && this.tree && !this.item ? [unknownLayer(wanted)] : [];
  });
  waitingFor = $derived.by(() =>
    this.run !== null && this.address !== null && this.#found === null ? waitingForStructure(this.run) : null,
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
    signal.addEventListener("abort", () => this.#layouter.end());
    $effect(() => {
      if (this.session.view === "structure") this.#layouter.prepare();
    });
    $effect(() => {
      void this.#attempt;
      if (this.#asked !== null) return this.blobs.want(JSON.parse(this.#asked));
    });
    $effect(() => {
      const { source } = this;
      if (source) untrack(() => this.#draw(source));
      else if (this.session.view === "structure") this.scene = null;
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
    const around = lineage(item).slice(0, -1);
    this.choose(item.key);
    this.sight.want(item.key);
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
    const { scene, tree, header, place } = this;
    if (!scene || !tree || !header) return false;
    const ends = header.edges.map(
      ({ source, target }) => [tree.ends.get(source) as Item, tree.ends.get(target) as Item] as const,
    );
    const key = moveFrom(scene, flowOf(scene, ends), place.item, direction);
    const item = key === null ? undefined : tree.byKey.get(key);
    if (item) this.reveal(item);
    return true;
  }

  leaveExample(): void {
    this.change({ open: null, item: null, line: null, viewport: null });
  }

  retry(): void {
    this.#attempt += 1;
  }

  release(): boolean {
    const isChosen = this.place.item !== null || this.place.line !== null;
    this.change({ item: null, line: null });
    return isChosen;
  }

  async #draw(source: Source): Promise<void> {
    try {
      const layout = await this.#layouter.layOut(specOf(source));
      if (!layout) return;
      this.scene = sceneOf(source, layout);
      this.layoutError = null;
      this.sight.settle();
    } catch (error) {
      this.layoutError = layoutFailed(asFailure(error).message);
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
