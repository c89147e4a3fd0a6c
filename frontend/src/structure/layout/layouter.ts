/** Asks for layouts off the page's thread; of what was asked while one was made only the last is. */

import type { GroupLayout, GroupSpec } from "./layout";

/** What it needs of a worker. */
export type LayoutWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

interface Asked {
  spec: GroupSpec;
  settle(layout: GroupLayout | null): void;
  fail(error: Error): void;
}

const startWorker = () => new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" });

export class Layouter {
  #worker: LayoutWorker | null = null;
  #running: Asked | null = null;
  #next: Asked | null = null;

  constructor(private readonly start: () => LayoutWorker = startWorker) {}

  /** Has the worker load beside what is to be laid out. */
  prepare(): void {
    this.#worker ??= this.#open();
  }

  /** Returns the layout; null where a newer question took its place. */
  layOut(spec: GroupSpec): Promise<GroupLayout | null> {
    return new Promise((settle, fail) => {
      this.#next?.settle(null);
      this.#next = { spec, settle, fail };
      if (!this.#running) this.#runNext();
    });
  }

  /** Ends what runs. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#running?.settle(null);
    this.#next?.settle(null);
    this.#running = this.#next = null;
  }

  #runNext(): void {
    this.#running = this.#next;
    this.#next = null;
    if (!this.#running) return;
    this.#worker ??= this.#open();
    this.#worker.postMessage(this.#running.spec);
  }

  #open(): LayoutWorker {
    const worker = this.start();
    worker.onmessage = ({ data }: MessageEvent<GroupLayout>) => {
      this.#running?.settle(data);
      this.#runNext();
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      this.#worker = null;
      this.#running?.fail(new Error(message));
      this.#runNext();
    };
    return worker;
  }
}
