/** What the table of heads and their wall show: which heads, in which order, and what is measured of each. */

import { type Measures, measureLine, namesWithValues } from "../../store/measures";
import { latestBy } from "../../store/steps";
import { MEASURES } from "../../wire/schema.gen";
import { phrases } from "../language";
import type { AttentionState } from "../state.svelte";
import type { Measure } from "../types";
import type { HeadPicture } from "../wall/paintWall";
import { headPictures } from "../wall/wallCells";
import { layerNames } from "../words";
import { isAmong, readFind } from "./find";
import { type LineScale, lineScale } from "./lineScale";
import { PATTERNS } from "./patterns";
import { type HeadRow, headRows, inOrder, type Order, type Other } from "./rows";

export const ORDERS: readonly Order[] = ["alarms", "layer", "pattern", "formed", "change"];

export class HeadTable {
  /** From the first move on the chosen head is kept in sight. */
  isAnchored = $state(false);
  brushed = $state.raw<{ from: number; to: number } | null>(null);

  record = $derived.by(() => this.attention.first);
  measures = $derived.by(() => this.attention.measures);
  steps = $derived(this.measures?.steps ?? []);
  at = $derived(this.record ? this.steps.indexOf(this.record.address.step) : -1);
  /** What is measured at B. */
  other = $derived.by((): Other | null => {
    const { session, second, first } = this.attention;
    const step = session.stepB;
    if (!session.b || !first || step === null) return null;
    const isOwn = session.runB === session.runA;
    const measures = isOwn ? this.measures : this.#measuresOf(session.runB);
    const header = isOwn ? first.header : second?.header;
    const at = latestBy(measures?.steps ?? [], step);
    return measures && header && at >= 0 ? { header, measures, at } : null;
  });
  /** Where B is on the lines of A; -1 where it is another run, or none. */
  atB = $derived(this.other && this.other.measures === this.measures ? this.other.at : -1);
  names = $derived.by(() => layerNames(this.attention));
  #pictures = $derived.by(() => this.record && headPictures(this.record, this.attention.place.hide));
  #picturesB = $derived.by(() => {
    const { second, place } = this.attention;
    return second && headPictures(second, place.hide);
  });
  all = $derived.by(() =>
    this.record ? headRows(this.record.header, this.measures, this.at, this.other, this.attention.alarms) : [],
  );
  order = $derived.by((): Order => {
    const wish = this.attention.place.table;
    return [...ORDERS, ...MEASURES].find((known) => known === wish) ?? "alarms";
  });
  /** The pattern whose heads are kept; null for all. */
  kept = $derived.by(() => PATTERNS.find((known) => known === this.attention.place.pattern) ?? null);
  known = $derived(new Set(this.measures ? namesWithValues(this.measures) : []));
  rows = $derived.by(() => {
    const { find, measure } = this.attention.place;
    const found = readFind(find);
    const some = this.all.filter(
      (row) =>
        (this.kept === null || row.pattern === this.kept) &&
        isAmong(found, `${this.nameOf(row)} ${this.patternName(row.pattern)}`, (bounded) =>
          bounded === "change" ? Math.abs(row.changeOf(measure)) : row.measured(bounded),
        ),
    );
    return inOrder(some, this.order, measure);
  });
  chosen = $derived.by(() => {
    const { record } = this;
    return this.rows.findIndex(({ layer, head }) => layer === record?.layer && head === record.head);
  });

  constructor(readonly attention: AttentionState) {}

  nameOf(row: HeadRow): string {
    return phrases.headTitle(this.names.get(row.layer) ?? "", row.head);
  }

  patternName(pattern: HeadRow["pattern"]): string {
    return pattern ? phrases.PATTERN_NAMES[pattern] : "–";
  }

  formedText(row: HeadRow): string {
    if (row.formed === null) return phrases.NOT_YET;
    return row.isFromStart ? phrases.FROM_THE_START : phrases.formedAtStep(row.formed);
  }

  lineOf(row: HeadRow, measure: Measure): ArrayLike<number> {
    return (this.measures && measureLine(this.measures, row.row, measure)) ?? [];
  }

  /** Returns the scale that all lines of a measure share. */
  scaleOf(measure: Measure): LineScale {
    const { measures } = this;
    return lineScale(this.all.map(({ row }) => measures && measureLine(measures, row, measure)));
  }

  /** Returns a head in small, at A or at B. */
  pictureOf(row: HeadRow, side: "a" | "b"): HeadPicture | null {
    if (side === "a") return this.#pictures?.(row.layer, row.head) ?? null;
    return this.#picturesB?.(row.layerB, row.head) ?? null;
  }

  choose(row: HeadRow | undefined): void {
    this.isAnchored = true;
    if (row) this.attention.selectHead(row.layer, row.head);
  }

  /** Shows the chosen head itself. */
  open(): void {
    this.attention.change({ table: null });
  }

  tell(row: HeadRow | null): void {
    this.attention.told =
      row && phrases.headTold(this.nameOf(row), this.patternName(row.pattern), this.formedText(row));
  }

  /** The ends of what was brushed become B and A. */
  brush(from: number, to: number): void {
    const { session } = this.attention;
    this.brushed = null;
    const [first, last] = [Math.min(from, to), Math.max(from, to)].map((index) =>
      session.steps.indexOf(this.steps[index] ?? -1),
    );
    if (first === undefined || last === undefined || first < 0 || last < 0) return;
    session.goToIndex(last);
    if (first !== last) session.compareAt(first);
  }

  #measuresOf(run: string | null): Measures | null {
    return this.attention.session.tracks.find(({ info }) => info.run === run)?.measures ?? null;
  }
}
