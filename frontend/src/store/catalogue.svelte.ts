/** What the log directory holds: every series, and the steps and measures of those in sight. */

import { type Api, asFailure, RequestFailure } from "../host/api";
import { checked } from "../wire/checked";
import type { Frame } from "../wire/frame";
import type { SeriesInfo, SeriesList, StepList } from "../wire/schema.gen";
import type { Shape } from "../wire/shape";
import { type Measures, readMeasures } from "./measures";

/** One series in sight. */
export interface Track {
  info: SeriesInfo;
  steps: StepList;
  measures: Measures | null;
}

/** What the newest record of a series says of the series. */
export interface Newest {
  /** Such as its source text; "" where it has none. */
  title: string;
  /** How many records were logged. */
  logged: number;
}

export function seriesKey({ run, tag }: { run: string; tag: string }): string {
  return `${run}\n${tag}`;
}

/** Whether nothing was added to a series since it was last looked at. */
export function endsAlike(known: SeriesInfo | undefined, info: SeriesInfo): boolean {
  return known?.last_step === info.last_step && known.last_wall_time === info.last_wall_time;
}

const NEWEST: Shape<{ record: number }> = { fields: { record: "int" } };

/** Returns what blob 0 of a record of any kind says of its series. */
function readNewest(frame: Frame): Newest {
  const { record } = checked(NEWEST, frame.header);
  const { title } = frame.header as { title?: unknown };
  return { title: typeof title === "string" ? title : "", logged: record };
}

export class Catalogue {
  /** null until TensorBoard answered for the first time. */
  list = $state.raw<SeriesList | null>(null);
  tracks = $state.raw<ReadonlyMap<string, Track>>(new Map());
  newest = $state.raw<ReadonlyMap<string, Newest>>(new Map());
  /** Why the last question to TensorBoard got no answer. */
  failure = $state.raw<RequestFailure | null>(null);

  #asking = new Set<string>();
  #asked = new Map<string, SeriesInfo>();

  constructor(
    private readonly api: Api,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks which series there are. */
  async refresh(): Promise<void> {
    await this.#guard("series", async () => {
      const list = await this.api.series(this.signal);
      // An unchanged answer must not make the page work.
      if (JSON.stringify(list) !== JSON.stringify(this.list)) this.list = list;
    });
  }

  /** Asks for the steps and measures of a series, unless nothing was added since the last answer. */
  async follow(info: SeriesInfo): Promise<void> {
    const key = seriesKey(info);
    if (endsAlike(this.tracks.get(key)?.info, info)) return;
    await this.#guard(key, async () => {
      const { run, tag } = info;
      const [steps, frame] = await Promise.all([
        this.api.steps(run, tag, this.signal),
        info.kind === "structure"
          ? null
          : this.api.measures(run, tag, this.signal).catch((error: unknown) => {
              // Records of other writers may come without measures.
              if (error instanceof RequestFailure && error.reason === "missing") return null;
              throw error;
            }),
      ]);
      this.tracks = new Map(this.tracks).set(key, { info, steps, measures: frame && readMeasures(frame) });
    });
  }

  /** Asks what the newest record says of the series, once per newest record. */
  async describe(info: SeriesInfo): Promise<void> {
    const key = seriesKey(info);
    if (endsAlike(this.#asked.get(key), info)) return;
    this.#asked.set(key, info);
    const address = { run: info.run, tag: info.tag, step: info.last_step, written: info.last_wall_time, index: 0 };
    try {
      const newest = readNewest(await this.api.blob(address, this.signal, "low"));
      this.newest = new Map(this.newest).set(key, newest);
    } catch {
      // A title is a courtesy; whoever looks at the record itself is told what is wrong with it.
      this.#asked.delete(key);
    }
  }

  /** Makes the next `follow` ask again: TensorBoard no longer holds what it said. */
  forget(series: { run: string; tag: string }): void {
    const tracks = new Map(this.tracks);
    const track = tracks.get(seriesKey(series));
    if (!track) return;
    tracks.set(seriesKey(series), { ...track, info: { ...track.info, last_wall_time: Number.NaN } });
    this.tracks = tracks;
  }

  /** Runs one question of its kind at a time and keeps the reason if it fails. */
  async #guard(kind: string, ask: () => Promise<void>): Promise<void> {
    if (this.#asking.has(kind)) return;
    this.#asking.add(kind);
    try {
      await ask();
      this.failure = null;
    } catch (error) {
      if (this.signal.aborted) return;
      this.failure = asFailure(error);
    } finally {
      this.#asking.delete(kind);
    }
  }
}
