/** The texts a second time, in a worker, where a search that does not come to an end can be ended. */

import type { SampleSeries } from "../types";
import { isFound, type Matcher } from "./search";

/** What the page tells the worker. */
export type Request =
  /** The texts of a series from step `at` on; those of earlier steps stay. */
  { kind: "texts"; series: number; at: number; texts: SampleSeries["entries"] } | { kind: "search"; matcher: Matcher };

/** What the worker answers to a search: that it begins, then 1 for every text found, by series, in order. */
export type Answer = { kind: "begun" } | { kind: "found"; hits: Uint8Array[] };

/** Returns what answers one request after the other. */
export function createAnswers(tell: (answer: Answer) => void): (request: Request) => void {
  const held: SampleSeries["entries"][] = [];
  return (request) => {
    if (request.kind === "texts") {
      const kept = held[request.series]?.slice(0, request.at) ?? [];
      held[request.series] = [...kept, ...request.texts];
      return;
    }
    const { matcher } = request;
    tell({ kind: "begun" });
    const hits = held.map((texts) => Uint8Array.from(texts.flat(), (text) => Number(isFoundIn(text, matcher))));
    tell({ kind: "found", hits });
  };
}

function isFoundIn(text: string, matcher: Matcher): boolean {
  // Drawing looks for all matches of a text: an expression that never gets through does so here, where it can be ended.
  if (matcher.isRegex) text.replace(matcher.expression, "");
  return isFound(matcher, text);
}

if ("WorkerGlobalScope" in globalThis) {
  const answer = createAnswers((message) => postMessage(message));
  addEventListener("message", ({ data }: MessageEvent<Request>) => answer(data));
}
