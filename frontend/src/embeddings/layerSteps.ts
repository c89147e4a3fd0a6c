/** The steps of one layer of one run whose words can be compared: those with its newest labels. */

import type { Track } from "../store/catalogue.svelte";
import type { WordTable } from "./table";

export interface LayerSteps {
  run: string;
  tag: string;
  since: number;
  /** Rising. */
  steps: readonly number[];
  /** When each step was written, in seconds since 1970. */
  written: ReadonlyMap<number, number>;
}

/** One layer of one run in sight. */
export interface Layer extends LayerSteps {
  table: WordTable;
  /** Index of the cursor's step in `steps`: the latest up to it. */
  at: number;
}

export function layerSteps({ info, steps }: Track, { since }: WordTable): LayerSteps {
  const held = steps.steps.map((step, at) => [step, steps.wall_times[at] as number] as const);
  const comparable = held.filter(([step]) => step >= since);
  return {
    run: info.run,
    tag: info.tag,
    since,
    steps: comparable.map(([step]) => step),
    written: new Map(comparable),
  };
}
