/** Which runs a file may hold, and what files are called. */

import { runsOf } from "../store/selection";
import type { SeriesInfo } from "../wire/schema.gen";

/** Returns whether a log holds more runs than those shown, be it in other views alone. */
export function hasOthers(series: readonly SeriesInfo[], shown: readonly string[]): boolean {
  return runsOf(series).some((run) => !shown.includes(run));
}

interface Place {
  runA: string | null;
  runB: string | null;
  runNames: ReadonlyMap<string, string>;
  step: number | null;
  b: { run: string } | { step: number } | null;
}

/** Returns what the name of a picture says of the place that it shows. `subject`: what of the view, such as a layer. */
export function placeParts({ runA, runB, runNames, step, b }: Place, subject: readonly string[]): string[] {
  const runs = [...new Set([runA, runB])].flatMap((run) => (run === null ? [] : [runNames.get(run) ?? run]));
  const compared = b && "step" in b ? [`B-step-${b.step}`] : [];
  return [...runs, ...subject, ...(step === null ? [] : [`step-${step}`]), ...compared];
}
