/** As much of the view's state as its parts are made from. */

import type { Blobs } from "../store/blobs.svelte";
import type { Track } from "../store/catalogue.svelte";
import type { Session } from "../store/session.svelte";
import type { EvaluationPlace, Panel } from "./place";
import type { SliceRow } from "./table/rows";
import type { PredictionSeries, Tables } from "./types";

export interface Choosing {
  readonly session: Session;
  readonly blobs: Blobs;
  readonly place: EvaluationPlace;
  readonly panel: Panel;
  /** Of the held-out set, a run each. */
  readonly tracks: readonly Track[];
  readonly tablesOfA: readonly Tables[];
  /** The run of A that is drawn where there is no mean of several. */
  readonly run: string | null;
  /** The chosen slice. */
  readonly row: SliceRow | null;
  /** What was predicted in the run that is drawn. */
  readonly predicted: PredictionSeries | null;
  predictionsOf(run: string | null): PredictionSeries | null;
  change(some: Partial<EvaluationPlace>): void;
}
