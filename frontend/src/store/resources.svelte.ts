/** Answers of the server: those that something on the page looks at, and a few of those looked at before. */

import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { asFailure, RequestFailure } from "../host/api";

/** What is only passed by is not asked for. */
const PAUSE_MS = 60;

interface Wanted {
  looking: number;
  /** Ends the request; null while none is on its way. */
  request: AbortController | null;
}

export class Resources<Value> {
  #values = new SvelteMap<string, Value | RequestFailure>();
  #wanted = new Map<string, Wanted>();
  /** Changes when what failed is to be asked for again. */
  #round = $state(0);

  /** Keeps up to `most` answers that nothing looks at any more. */
  constructor(private readonly most: number) {}

  /** Returns the answer, or why there is none; null while it is on its way or nobody wants it. */
  get(key: string): Value | RequestFailure | null {
    return this.#values.get(key) ?? null;
  }

  /** Has the answer there until the returned function is called: `known` at once, if it is, else as soon as it can be had. */
  want(key: string, ask: (signal: AbortSignal) => Promise<Value>, known?: Value): () => void {
    void this.#round;
    const wanted = this.#wanted.get(key) ?? { looking: 0, request: null };
    this.#wanted.set(key, wanted);
    wanted.looking += 1;
    if (!wanted.request && !untrack(() => this.#values.has(key))) {
      if (known !== undefined) this.#values.set(key, known);
      else void this.#ask(key, ask, wanted);
    }
    return () => {
      wanted.looking -= 1;
      if (wanted.looking > 0) return;
      wanted.request?.abort();
      this.#wanted.delete(key);
      this.#forget();
    };
  }

  /** Forgets what no server answered, so that it is asked for again. */
  forgetFailures(): void {
    const isGone = (value: unknown) => value instanceof RequestFailure && value.reason === "gone";
    const gone = [...this.#values].flatMap(([key, value]) => (isGone(value) ? [key] : []));
    for (const key of gone) this.#values.delete(key);
    if (gone.length > 0) this.#round += 1;
  }

  async #ask(key: string, ask: (signal: AbortSignal) => Promise<Value>, wanted: Wanted): Promise<void> {
    const request = new AbortController();
    const { signal } = request;
    wanted.request = request;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const answer = await ask(signal).catch(asFailure);
    if (signal.aborted) return;
    wanted.request = null;
    this.#values.set(key, answer);
  }

  /** Leaves out the oldest of those that nothing looks at. */
  #forget(): void {
    const unseen = [...this.#values.keys()].filter((key) => !this.#wanted.has(key));
    for (const key of unseen.slice(0, Math.max(0, unseen.length - this.most))) this.#values.delete(key);
  }
}
