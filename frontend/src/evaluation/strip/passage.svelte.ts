/** The text whose tokens are shown: which, and what is known of each token over the steps. */

import { untrack } from "svelte";
import type { Api } from "../../host/api";
import { seriesKey } from "../../store/catalogue.svelte";
import { Growing } from "../../store/growing.svelte";
import { stepSeriesFrom } from "../../store/stepSeries";
import { indexUpTo } from "../../store/steps";
import type { TokensSetup } from "../../wire/schema.gen";
import type { Choosing } from "../choosing";
import { PASSAGES, type PassageSeries } from "../record/passages";
import { forgettings, isForgotten, learntAt } from "./learning";

/** What is known of a token at the step of an index. */
export interface TokenRead {
  token: string;
  step: number;
  probability: number;
  rank: number;
  /** The step at which it was learnt; null for never. */
  learnt: number | null;
  forgettings: number;
  isForgotten: boolean;
}

export class Passage {
  readonly #series: Growing<PassageSeries>;
  /** The token under the pointer, and the step. */
  hovered = $state.raw<{ token: number; at: number } | null>(null);

  /** The records of tokens of the run of A. */
  #offered = $derived.by(() => {
    const { session } = this.evaluation;
    const list = session.catalogue.list?.series ?? [];
    return list.filter(({ kind, run }) => kind === "tokens" && run === session.runA);
  });
  names = $derived(this.#offered.map(({ name }) => name));
  #info = $derived.by(() => {
    const { place, session } = this.evaluation;
    const wish = place.text ?? session.example;
    return this.#offered.find(({ name }) => name === wish) ?? this.#offered[0] ?? null;
  });
  name = $derived(this.#info?.name ?? null);
  series = $derived.by(() => (this.#info && this.#series.values.get(seriesKey(this.#info))) ?? null);
  failures = $derived.by(() => this.#series.failures);
  setup = $derived.by((): TokensSetup | null => this.series?.setups.at(-1) ?? null);
  /** Steps with the same tokens, and their numbers. */
  steps = $derived.by(() => this.#alike.map((at) => this.series?.steps[at] as number));
  entries = $derived.by(() => this.#alike.flatMap((at) => this.series?.entries[at] ?? []));
  #alike = $derived.by(() => {
    const { series, setup } = this;
    return series?.steps.flatMap((_, at) => (series.setups[at] === setup ? [at] : [])) ?? [];
  });
  /** Where A and B are among the steps; -1 where they are at none. */
  at = $derived.by(() => indexUpTo(this.steps, this.evaluation.session.step ?? Number.MAX_SAFE_INTEGER));
  atB = $derived.by(() => {
    const { session } = this.evaluation;
    const step = session.b && "step" in session.b ? session.steps[session.indexB] : undefined;
    return step === undefined ? -1 : indexUpTo(this.steps, step);
  });
  token = $derived.by(() => {
    const { token } = this.evaluation.place;
    return token !== null && this.setup && token < this.setup.tokens.length ? token : null;
  });
  read = $derived.by((): TokenRead | null => {
    const pointed = this.hovered ?? (this.token === null ? null : { token: this.token, at: this.at });
    return pointed && this.readAt(pointed.token, pointed.at);
  });

  constructor(
    private readonly evaluation: Choosing,
    api: Api,
    signal: AbortSignal,
  ) {
    this.#series = new Growing(stepSeriesFrom(api, PASSAGES), signal);
    $effect(() => {
      const info = this.#info;
      if (info && evaluation.session.view === "evaluation" && evaluation.panel === "tokens")
        untrack(() => this.#series.follow(info));
    });
  }

  /** Returns a token's probability at every step. */
  probabilitiesOf(token: number): number[] {
    return this.entries.map(({ probabilities }) => probabilities[token] ?? Number.NaN);
  }

  readAt(token: number, at: number): TokenRead | null {
    const { setup } = this;
    const numbers = this.entries[at];
    if (!setup || !numbers) return null;
    const ranks = this.entries.map((entry) => entry.ranks[token] ?? 0);
    const learnt = learntAt(this.probabilitiesOf(token), setup.vocabulary_size);
    return {
      token: setup.tokens[token] ?? "",
      step: this.steps[at] as number,
      probability: numbers.probabilities[token] ?? Number.NaN,
      rank: numbers.ranks[token] ?? 0,
      learnt: learnt === null ? null : (this.steps[learnt] as number),
      forgettings: forgettings(ranks),
      isForgotten: isForgotten(ranks, at),
    };
  }

  /** Pins a token at a step, and goes to that step. */
  choose(token: number, at: number): void {
    const { session } = this.evaluation;
    this.evaluation.change({ token });
    const step = this.steps[at];
    if (step !== undefined) session.goToIndex(indexUpTo(session.steps, step));
  }

  stepToken(by: number): boolean {
    const count = this.setup?.tokens.length ?? 0;
    if (count === 0) return false;
    const next = this.token === null ? (by > 0 ? 0 : count - 1) : this.token + by;
    this.evaluation.change({ token: Math.max(0, Math.min(count - 1, next)) });
    return true;
  }

  retry(): void {
    if (this.#info) void this.#series.follow(this.#info);
  }

  /** Other views that have something of this text, by their names. */
  get elsewhere(): ("attention" | "samples")[] {
    return (["attention", "samples"] as const).filter((view) => this.#targetIn(view) !== null);
  }

  /** Goes to the chosen token in another view, at the step of A. */
  show(view: "attention" | "samples"): void {
    const { session } = this.evaluation;
    const example = this.#targetIn(view);
    if (example === null || session.runA === null) return;
    const target = view === "attention" ? { layer: null, query: this.token } : {};
    session.goTo(view, session.runA, example, target, this.steps[this.at] ?? session.place.step);
  }

  /** Returns the record of this text in another view; of samples, where none has its name, any. */
  #targetIn(view: "attention" | "samples"): string | null {
    const { session } = this.evaluation;
    const list = session.catalogue.list?.series ?? [];
    const names = list.filter(({ kind, run }) => kind === view && run === session.runA).map(({ name }) => name);
    const wish = view === "attention" ? (this.setup?.attention ?? "") : (this.name ?? "");
    return names.find((name) => name === wish) ?? (view === "samples" ? names[0] : undefined) ?? null;
  }
}
