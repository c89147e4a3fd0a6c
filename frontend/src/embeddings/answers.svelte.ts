/** Answers of the server: those that something on the page looks at, and the ones looked at last. */

import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { asFailure, RequestFailure } from "../host/api";

/** What is only passed by is not asked for. */
const PAUSE_MS = 60;

export class Answers<Value> {
  #values = new SvelteMap<string, Value | RequestFailure>();
  /** Changes when what failed is to be asked for again. */
  #round = $state(0);
  #asking = new Map<string, { looking: number; controller: AbortController }>();

  /** Keeps up to `most` answers. */
  constructor(private readonly most: number) {}

  /** Returns the answer, or why there is none; null while it is on its way or nobody wants it. */
  get(key: string): Value | RequestFailure | null {
    return this.#values.get(key) ?? null;
  }

  /** Has the answer there, as soon as it can be had, until the returned function is called. */
  want(key: string, ask: (signal: AbortSignal) => Promise<Value>): () => void {
    void this.#round;
    if (untrack(() => this.#values.has(key))) return () => undefined;
    const asking = this.#asking.get(key) ?? this.#begin(key, ask);
    asking.looking += 1;
    return () => {
      asking.looking -= 1;
      if (asking.looking > 0 || this.#asking.get(key) !== asking) return;
      asking.controller.abort();
      this.#asking.delete(key);
    };
  }

  /** Forgets failures, so that they are asked for again. */
  forgetFailures(): void {
    for (const [key, value] of this.#values) if (value instanceof RequestFailure) this.#values.delete(key);
    this.#round += 1;
  }

  #begin(key: string, ask: (signal: AbortSignal) => Promise<Value>) {
    const asking = { looking: 0, controller: new AbortController() };
    this.#asking.set(key, asking);
    void this.#answer(key, ask, asking.controller.signal);
    return asking;
  }

  async #answer(key: string, ask: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const answer = await ask(signal).catch(asFailure);
    if (signal.aborted) return;
    this.#asking.delete(key);
    this.#values.set(key, answer);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.most) break;
      this.#values.delete(oldest);
    }
  }
}
