/** The text whose tokens are shown: which, and what is known of each token over the steps. */

import { untrack } from "svelte";
import type { Api } from "../../host/api";
import { seriesKey } from "../../store/catalogue.svelte";
import { Growing } from "../../store/growing.svelte";
import { stepSeriesFrom } from "../../store/stepSeries";
import { indexUpTo, latestBy } from "../../store/steps";
import type { TokensSetup } from "../../wire/schema.gen";
import type { Choosing } from "../choosing";
import { PASSAGES, type PassageSeries } from "../record/passages";
import { pooled } from "./flow";
import { forgettings, isForgotten, learntAt } from "./learning";

/** Steps that share a row, by their indices; the second is the one after the last. */
export type Span = readonly [from: number, to: number];

/** What is known of a token at a step, or on the mean of several. */
export interface TokenRead {
  token: string;
  /** The first and the last. */
  steps: readonly [number, number];
  probability: number;
  /** 0 where it is not known, or there are several. */
  rank: number;
  /** The step at which it was learnt; null for never. */
  learnt: number | null;
  forgettings: number;
  isForgotten: boolean;
}

/** So many texts are known by what they say, the others by their names. */
const MOST_TEXTS = 24;

export class Passage {
  readonly #series: Growing<PassageSeries>;
  /** The token under the pointer, and the steps. */
  hovered = $state.raw<{ token: number; span: Span } | null>(null);

  /** The records of tokens of the run that is drawn. */
  #offered = $derived.by(() => {
    const { session, run } = this.evaluation;
    const list = session.catalogue.list?.series ?? [];
    return list.filter((info) => info.kind === "tokens" && info.run === run);
  });
  names = $derived(this.#offered.map(({ name }) => name));
  /** What each says, as far as it is known. */
  texts = $derived.by(() =>
    this.#offered.map((info) => this.#series.values.get(seriesKey(info))?.setups.at(-1)?.text.trim() ?? ""),
  );
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
  at = $derived.by(() => latestBy(this.steps, this.evaluation.session.step ?? Number.MAX_SAFE_INTEGER));
  atB = $derived.by(() => {
    const { session } = this.evaluation;
    const step = session.b && "step" in session.b ? session.steps[session.indexB] : undefined;
    return step === undefined ? -1 : latestBy(this.steps, step);
  });
  token = $derived.by(() => {
    const { token } = this.evaluation.place;
    return token !== null && this.setup && token < this.setup.tokens.length ? token : null;
  });
  read = $derived.by((): TokenRead | null => {
    const { token, at } = this;
    const pointed = this.hovered ?? (token === null ? null : { token, span: [at, at + 1] as const });
    return pointed && this.readAt(pointed.token, pointed.span);
  });

  constructor(
    private readonly evaluation: Choosing,
    api: Api,
    signal: AbortSignal,
  ) {
    this.#series = new Growing(stepSeriesFrom(api, PASSAGES), signal);
    $effect(() => {
      if (evaluation.session.view !== "evaluation" || evaluation.panel !== "tokens") return;
      const [info, offered] = [this.#info, this.#offered];
      // The one in sight first.
      const wanted = offered.filter((one) => one !== info).slice(0, MOST_TEXTS);
      untrack(() => [...(info ? [info] : []), ...wanted].map((one) => this.#series.follow(one)));
    });
  }

  /** Returns a token's probability at every step. */
  probabilitiesOf(token: number): number[] {
    return this.entries.map(({ probabilities }) => probabilities[token] ?? Number.NaN);
  }

  readAt(token: number, [from, to]: Span): TokenRead | null {
    const { setup } = this;
    const last = Math.min(to, this.entries.length) - 1;
    const numbers = this.entries[last];
    if (!setup || !numbers || from < 0) return null;
    const probabilities = this.probabilitiesOf(token);
    const ranks = this.entries.map((entry) => entry.ranks[token] ?? 0);
    const learnt = learntAt(probabilities, setup.vocabulary_size);
    return {
      token: setup.tokens[token] ?? "",
      steps: [this.steps[from] as number, this.steps[last] as number],
      probability: pooled(
        probabilities.slice(from, to).map((one) => [one]),
        1,
        to - from,
      )[0] as number,
      rank: last > from ? 0 : (numbers.ranks[token] ?? 0),
      learnt: learnt === null ? null : (this.steps[learnt] as number),
      forgettings: forgettings(ranks),
      isForgotten: isForgotten(ranks, last),
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
    const { session, run } = this.evaluation;
    const example = this.#targetIn(view);
    if (example === null || run === null) return;
    const target = view === "attention" ? { layer: null, query: this.token } : {};
    session.goTo(view, run, example, target, this.steps[this.at] ?? session.place.step);
  }

  /** Returns the record of this text in another view; of samples, where none has its name, any. */
  #targetIn(view: "attention" | "samples"): string | null {
    const { session, run } = this.evaluation;
    const list = session.catalogue.list?.series ?? [];
    const names = list.filter((info) => info.kind === view && info.run === run).map(({ name }) => name);
    const wish = view === "attention" ? (this.setup?.attention ?? "") : (this.name ?? "");
    return names.find((name) => name === wish) ?? (view === "samples" ? names[0] : undefined) ?? null;
  }
}
