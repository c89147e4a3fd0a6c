/** The measures of the texts in sight: which are known, and which stand beside the texts. */

import { namesWithValues, rowAt } from "../store/measures";
import type { SamplesChoice } from "./choice.svelte";
import type { SampleAddress } from "./types";

/** What stands beside the texts at first, as far as it is known. */
const FIRST = ["perplexity", "chrf", "distinct_2", "longest_repeat", "length"];
const FIRST_COUNT = 3;

export class Measuring {
  /** The names of all measures, in the order of their values. */
  all = $derived.by(() => this.samples.session.tracks.find(({ measures }) => measures)?.measures?.names ?? []);
  /** Those that say something of some text. */
  known = $derived.by(() => {
    const known = new Set(
      this.samples.session.tracks.flatMap(({ measures }) => (measures ? namesWithValues(measures) : [])),
    );
    return this.all.filter((name) => known.has(name));
  });
  /** Those that stand beside each text. */
  shown = $derived.by(() => {
    const first = FIRST.filter((name) => this.known.includes(name)).slice(0, FIRST_COUNT);
    const wanted = this.samples.place.measures ?? first;
    return this.known.filter((name) => wanted.includes(name));
  });

  constructor(private readonly samples: SamplesChoice) {}

  toggle(name: string): void {
    const rest = this.shown.filter((other) => other !== name);
    this.samples.change({ measures: rest.length < this.shown.length ? rest : [...this.shown, name] });
  }

  /** Returns the measures of a text, in the order of `all`; null where they are not known. Another function once more are known. */
  of = $derived.by(() => {
    const byRun = new Map(this.samples.session.tracks.map(({ info, measures }) => [info.run, measures]));
    return ({ run, step, sample }: SampleAddress): Float32Array | null => {
      const measures = byRun.get(run);
      return measures ? rowAt(measures, step, sample) : null;
    };
  });

  valueOf(address: SampleAddress, name: string): number {
    return this.of(address)?.[this.all.indexOf(name)] ?? Number.NaN;
  }
}
