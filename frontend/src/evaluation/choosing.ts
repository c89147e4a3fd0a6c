/** As much of the view's state as its parts are made from. */

import type { Session } from "../store/session.svelte";
import type { EvaluationPlace, Panel } from "./place";
import type { SliceRow } from "./table/rows";
import type { PredictionSeries } from "./types";

export interface Choosing {
  readonly session: Session;
  readonly place: EvaluationPlace;
  readonly panel: Panel;
  /** The chosen slice. */
  readonly row: SliceRow | null;
  /** What was predicted in the run of A. */
  readonly predicted: PredictionSeries | null;
  predictionsOf(run: string | null): PredictionSeries | null;
  change(some: Partial<EvaluationPlace>): void;
}
