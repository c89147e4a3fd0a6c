/** Which of the texts in sight are looked at: by prompt, temperature, step and measures. */

import type { SamplesChoice } from "../choice.svelte";
import { columnOfKey } from "../grid/grid";
import type { Measuring } from "../measuring.svelte";
import type { SampleAddress } from "../types";
import { EVERYTHING, type Filter, isPassed } from "./filter";
import { type Limit, rangesOf } from "./limits";

export class Filtering {
  /** The prompts and columns that pass. */
  prompts = $derived.by(() => chosenOf(this.#allPrompts, this.samples.place.filteredPrompts));
  columns = $derived.by(() => chosenOf(this.#allColumns, this.samples.place.filteredColumns));

  filter = $derived.by((): Filter => {
    const { measuring } = this;
    const { place } = this.samples;
    const columns = this.columns.flatMap((key) => columnOfKey(key) ?? []);
    const isEvery = this.columns.length === this.#allColumns.length;
    const isEveryPrompt = this.prompts.length === this.#allPrompts.length;
    const hasSteps = place.fromStep !== null || place.toStep !== null;
    return {
      ...EVERYTHING,
      prompts: isEveryPrompt ? null : new Set(this.prompts.map((at) => this.samples.prompts[at]?.text ?? "")),
      temperatures: isEvery ? null : new Set(columns.flatMap((one) => (one.beams > 0 ? [] : one.temperature))),
      beams: isEvery ? null : new Set(columns.flatMap(({ beams }) => (beams > 0 ? beams : []))),
      steps: hasSteps
        ? { least: place.fromStep ?? Number.NEGATIVE_INFINITY, most: place.toStep ?? Number.POSITIVE_INFINITY }
        : null,
      measures: rangesOf(place.limits, measuring.all),
      measuresOf: measuring.of,
    };
  });
  /** How many things are asked for. */
  count = $derived.by(() => {
    const { prompts, temperatures, steps, measures } = this.filter;
    return measures.length + [prompts, temperatures, steps].filter((asked) => asked !== null).length;
  });

  #allPrompts = $derived.by(() => this.samples.prompts.map((_, at) => at));
  #allColumns = $derived.by(() => this.samples.columns.map(({ key }) => key));

  constructor(
    private readonly samples: SamplesChoice,
    private readonly measuring: Measuring,
  ) {}

  togglePrompt(prompt: number): void {
    this.samples.change({ filteredPrompts: toggled(this.#allPrompts, this.prompts, prompt) });
  }

  toggleColumn(key: string): void {
    this.samples.change({ filteredColumns: toggled(this.#allColumns, this.columns, key) });
  }

  addLimit(): void {
    const { measuring } = this;
    const { place } = this.samples;
    const measure = measuring.known.find((name) => place.limits.every((limit) => limit.measure !== name));
    const [name] = measuring.known;
    if (name === undefined) return;
    this.samples.change({ limits: [...place.limits, { measure: measure ?? name, sign: ">=", bound: null }] });
  }

  changeLimit(at: number, some: Partial<Limit>): void {
    const { limits } = this.samples.place;
    this.samples.change({ limits: limits.map((limit, i) => (i === at ? { ...limit, ...some } : limit)) });
  }

  removeLimit(at: number): void {
    this.samples.change({ limits: this.samples.place.limits.filter((_, i) => i !== at) });
  }

  clear(): void {
    this.samples.change({ filteredPrompts: null, filteredColumns: null, fromStep: null, toStep: null, limits: [] });
  }

  passes(address: SampleAddress): boolean {
    const setup = this.samples.seriesOf(address.run)?.setups[address.at];
    return this.count === 0 || (setup !== undefined && isPassed(address, setup, this.filter));
  }
}

function chosenOf<Item>(all: readonly Item[], chosen: readonly Item[] | null): readonly Item[] {
  return chosen === null ? all : all.filter((item) => chosen.includes(item));
}

/** Returns what is chosen after another click, null for all. */
function toggled<Item>(all: readonly Item[], chosen: readonly Item[], item: Item): Item[] | null {
  const now = all.filter((one) => chosen.includes(one) !== (one === item));
  return now.length === all.length ? null : now;
}
