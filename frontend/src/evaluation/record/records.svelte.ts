/** The records at A and at B: which they are, and what is read in them. */

import type { RecordAddress, RequestFailure } from "../../host/api";
import { noted } from "../../language/remarks";
import { latestBy } from "../../store/steps";
import type { Choosing } from "../choosing";
import { phrases } from "../language";
import type { Panel } from "../place";
import { RecordReader } from "./recordReader.svelte";

/** Panels that draw all runs of A, and those that draw curves and matrices. */
export const OF_ALL_RUNS: readonly Panel[] = ["slices", "curves", "calibration"];
const WITH_FIGURES: readonly Panel[] = ["curves", "confusion", "calibration"];

export class Records {
  readonly a: RecordReader;
  readonly b: RecordReader;

  /** What a reader should know of the records at A. */
  notes = $derived.by((): string[] => {
    const { records } = this.a;
    const { runNames } = this.evaluation.session;
    const told = records.map(({ run, header }) => ({
      run,
      notes: noted(header, phrases.REMARKS, header.notes, phrases.NAMERS),
    }));
    return [...new Set(told.flatMap(({ notes }) => notes))].flatMap((note) => {
      const runs = told.filter(({ notes }) => notes.includes(note));
      if (runs.length === records.length) return [note];
      return runs.map(({ run }) => `${runNames.get(run) ?? run}: ${note}`);
    });
  });
  /** By run; what is wrong at A goes before what is wrong at B. */
  failures = $derived.by((): ReadonlyMap<string, RequestFailure> => new Map([...this.b.failures, ...this.a.failures]));

  #runsOfA = $derived.by((): (string | null)[] => {
    const { panel, tablesOfA, run } = this.evaluation;
    return OF_ALL_RUNS.includes(panel) ? tablesOfA.map((tables) => tables.run) : [run];
  });
  #addressesOfA = $derived.by((): RecordAddress[] => {
    return this.#runsOfA.flatMap((one) => this.#addressOf(one, this.evaluation.session.step));
  });
  #addressesOfB = $derived.by((): RecordAddress[] => {
    const { b, runB, steps, indexB, step } = this.evaluation.session;
    if (!b || !WITH_FIGURES.includes(this.evaluation.panel)) return [];
    const before = steps[indexB] ?? null;
    // As A is: at another step of several runs their mean, too.
    return "step" in b ? this.#runsOfA.flatMap((one) => this.#addressOf(one, before)) : this.#addressOf(runB, step);
  });

  /** To be made in an effect, and gone with it. */
  constructor(private readonly evaluation: Choosing) {
    const wantsFigures = () => WITH_FIGURES.includes(evaluation.panel);
    this.a = new RecordReader(evaluation.blobs, () => this.#addressesOfA, wantsFigures);
    this.b = new RecordReader(evaluation.blobs, () => this.#addressesOfB, wantsFigures);
  }

  /** Returns where the record of a run is that holds at a step; none where there is none. */
  #addressOf(run: string | null, step: number | null): RecordAddress[] {
    const track = this.evaluation.tracks.find(({ info }) => info.run === run);
    const { steps, wall_times } = track?.steps ?? { steps: [], wall_times: [] };
    const at = latestBy(steps, step ?? Number.MAX_SAFE_INTEGER);
    const [held, written] = [steps[at], wall_times[at]];
    if (!track || held === undefined || written === undefined) return [];
    return [{ run: track.info.run, tag: track.info.tag, step: held, written }];
  }
}
