/** The examples behind what is chosen: which, and what they are compared with. */

import { runOf } from "../../store/compared";
import { latestBy } from "../../store/steps";
import type { Choosing } from "../choosing";
import { dataMap, endsOf, placesIn } from "../map/dataMap";
import type { PredictionSeries, Predictions, Setup } from "../types";
import { placesOf, selectExamples } from "./select";

/** What was predicted at a step of a run. */
export interface Said {
  step: number;
  predictions: Predictions;
}

export class Examples {
  /** At A, of the run of A. */
  a = $derived.by((): Said | null => saidAt(this.evaluation.predicted, this.evaluation.session.step));
  setup = $derived.by((): Setup | null => setupAt(this.evaluation.predicted, this.evaluation.session.step));
  #ofB = $derived.by((): { series: PredictionSeries | null; step: number | null } => {
    const { session, predicted } = this.evaluation;
    const { b } = session;
    if (!b) return { series: null, step: null };
    const run = runOf(b);
    const series = run === null ? predicted : this.evaluation.predictionsOf(run);
    return { series, step: "step" in b ? (session.steps[session.indexB] ?? null) : session.step };
  });
  setupB = $derived.by((): Setup | null => setupAt(this.#ofB.series, this.#ofB.step));
  /** At B; null where there is none, or it was made of other examples. */
  b = $derived.by((): Said | null => {
    const { series, step } = this.#ofB;
    return isAlike(this.setupB, this.setup) ? saidAt(series, step) : null;
  });
  /** What they are learnt or forgotten since: B, or the first evaluation of the same examples. */
  since = $derived.by((): Said | null => {
    const { predicted } = this.evaluation;
    const first = predicted?.steps[predicted.setups.findIndex((setup) => isAlike(setup, this.setup))];
    return this.b ?? (first !== undefined && this.a && first < this.a.step ? saidAt(predicted, first) : null);
  });
  /** The step since which they are learnt or forgotten; null where that is another run. */
  sinceStep = $derived.by((): number | null => {
    return this.b && runOf(this.evaluation.session.b) !== null ? null : ((this.since ?? this.a)?.step ?? 0);
  });
  /** Where each of the chosen slice lies on the data map, of the steps until A. */
  map = $derived.by(() => {
    const { predicted, session, row } = this.evaluation;
    if (!predicted || !this.setup) return null;
    const inSlice = new Set(placesOf(this.setup, row?.slice ?? null));
    return dataMap(predicted, this.setup, session.step).filter(({ place }) => inSlice.has(place));
  });
  /** Where the axes of the map end, the same at whichever step A is. */
  mapEnds = $derived.by(() => {
    const { predicted } = this.evaluation;
    const ofAll = predicted && this.setup ? dataMap(predicted, this.setup, null) : [];
    return endsOf([...ofAll, ...(this.map ?? [])]);
  });
  /** Places, the worst first. */
  places = $derived.by((): number[] => {
    const { place, panel, row } = this.evaluation;
    if (!this.a || !this.setup) return [];
    return selectExamples(this.setup, this.a.predictions, this.since?.predictions ?? null, {
      slice: row?.slice ?? null,
      filter: place.filter,
      mistaken: panel === "confusion" ? place.mistaken : null,
      brushed: panel === "map" && place.brushed && this.map ? placesIn(this.map, place.brushed) : null,
    });
  });
  /** Whether predictions stand beside those of B. */
  besides = $derived.by((): "reference" | "b" => {
    const { beside } = this.evaluation.place;
    if (!this.b) return "reference";
    return beside ?? (this.setup?.references.some(Boolean) ? "reference" : "b");
  });

  constructor(private readonly evaluation: Choosing) {}
}

function saidAt(series: PredictionSeries | null, step: number | null): Said | null {
  const at = series ? latestBy(series.steps, step ?? Number.MAX_SAFE_INTEGER) : -1;
  const [held, predictions] = [series?.steps[at], series?.entries[at]];
  return held === undefined || !predictions ? null : { step: held, predictions };
}

function setupAt(series: PredictionSeries | null, step: number | null): Setup | null {
  return series?.setups[latestBy(series.steps, step ?? Number.MAX_SAFE_INTEGER)] ?? null;
}

/** Whether two setups are of the same examples. */
function isAlike(one: Setup | null, other: Setup | null): boolean {
  if (one === other || !one || !other) return one !== null && other !== null;
  const isSame = (text: string, place: number) =>
    text === other.inputs[place] &&
    one.references[place] === other.references[place] &&
    // Without texts their places in the data set tell them.
    (text !== "" || one.index[place] === other.index[place]);
  return one.inputs.length === other.inputs.length && one.inputs.every(isSame);
}
