/** Lays out in a worker, where it holds up nobody. */

import { createLayouter, type GroupLayout, type GroupSpec } from "./layout";

const layOut = createLayouter();
addEventListener("message", ({ data }: MessageEvent<GroupSpec>) => postMessage(layOut(data) satisfies GroupLayout));
