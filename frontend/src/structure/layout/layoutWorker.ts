/** Lays out where it holds up nobody. The worker is the page's own module, which knows by its name that it is this one. */

import { createLayouter, type GroupLayout, type GroupSpec } from "./layout";

const NAME = "structure layout";

export function startWorker(): Worker {
  return new Worker(import.meta.url, { type: "module", name: NAME });
}

if ("WorkerGlobalScope" in globalThis && self.name === NAME) {
  const layOut = createLayouter();
  addEventListener("message", ({ data }: MessageEvent<GroupSpec>) => postMessage(layOut(data) satisfies GroupLayout));
}
