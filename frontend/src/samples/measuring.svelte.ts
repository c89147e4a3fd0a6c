/** The measures of the texts in sight: which are known, and which stands beside the texts. */

import { measureLine, namesWithValues, rowAt } from "../store/measures";
import { type StepLine, valuesOver } from "../store/stepLines";
import type { SamplesChoice } from "./choice.svelte";
import { type BarScale, barScale } from "./grid/barScale";
import { phrases } from "./language";
import type { SampleAddress } from "./types";

/** What stands beside the texts at first: the first of these that is known. */
const FIRST = ["perplexity", "chrf", "distinct_2", "longest_repeat", "length"];
export const NO_MEASURE = "";

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
  /** The one that stands beside each text. */
  shown = $derived.by((): string | null => {
    const { measure } = this.samples.place;
    if (measure === NO_MEASURE) return null;
    return (this.known.find((name) => name === measure) ?? FIRST.find((name) => this.known.includes(name))) || null;
  });
  /** One for all texts and steps of the runs in sight. */
  scale = $derived.by((): BarScale | null => {
    const { shown } = this;
    if (shown === null) return null;
    return barScale(
      this.samples.session.tracks.flatMap(({ measures }) => {
        const column = measures?.names.indexOf(shown) ?? -1;
        return measures && column >= 0 ? [{ values: measures.values, column, columns: measures.names.length }] : [];
      }),
    );
  });
  /** Of the chosen text, over the steps of the session; the one beside the texts first. */
  lines = $derived.by((): StepLine[] => {
    const { chosen, session } = this.samples;
    const measures = session.tracks.find(({ info }) => info.run === chosen?.run)?.measures;
    if (!chosen || !measures) return [];
    const { shown } = this;
    const names = [...(shown === null ? [] : [shown]), ...this.known.filter((name) => name !== shown)];
    return names.flatMap((name): StepLine[] => {
      const values = measureLine(measures, chosen.sample, name);
      const isKnown = values?.some((value) => !Number.isNaN(value));
      if (!values || !isKnown) return [];
      return [
        { key: name, name: phrases.measureName(name), values: valuesOver(session.steps, measures.steps, values) },
      ];
    });
  });

  constructor(private readonly samples: SamplesChoice) {}

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
