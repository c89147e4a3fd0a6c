import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SampleSeries } from "../types";
import { EVERYTHING } from "./filter";
import { compile, type Matcher } from "./search";
import { Searcher, type SearchWorker } from "./searcher";
import { type Answer, createAnswers, type Request } from "./searchWorker";

const matcher = (query: string, isRegex = false) => compile(query, isRegex) as Matcher;
const key = { prompt: 0, temperature: 1, repeat: 0, beams: 0 };
const setup = { prompts: ["p"], references: [], samples: [key, key] };

function seriesOf(texts: SampleSeries["entries"], run = "run"): SampleSeries {
  return {
    run,
    tag: "samples/probe",
    steps: texts.map((_, i) => i * 10),
    entries: texts,
    setups: texts.map(() => setup),
  };
}

let workers: TestWorker[] = [];

/** The real answers, later; a query "for ever" never gets one. */
class TestWorker implements SearchWorker {
  onmessage: Worker["onmessage"] = null;
  onerror: Worker["onerror"] = null;
  requests: Request[] = [];
  isEnded = false;
  #answer = createAnswers((answer) => this.#tell(answer));

  constructor() {
    workers.push(this);
  }

  postMessage(request: Request): void {
    this.requests.push(structuredClone(request));
    queueMicrotask(() => {
      if (request.kind === "search" && request.matcher.query === "for ever") this.#tell({ kind: "begun" });
      else if (!this.isEnded) this.#answer(structuredClone(request));
    });
  }

  terminate(): void {
    this.isEnded = true;
  }

  #tell(data: Answer): void {
    (this.onmessage as (event: Partial<MessageEvent>) => void)({ data });
  }
}

const sentSteps = (worker: TestWorker | undefined) =>
  worker?.requests.flatMap((request) =>
    request.kind === "texts" ? [[request.series, request.at, request.texts.length]] : [],
  );

const found = async (searcher: Searcher, series: SampleSeries[], query: string) => {
  const result = await searcher.search(series, matcher(query), EVERYTHING);
  return result !== null && "places" in result ? result.places.map(({ step, sample }) => `${step} ${sample}`) : result;
};

beforeEach(() => {
  workers = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const texts = [
  ["red fox", "blue"],
  ["fox", "red"],
];

test("finds what searchSeries finds", async () => {
  const searcher = new Searcher(() => new TestWorker());
  expect(await found(searcher, [seriesOf(texts)], "fox")).toEqual(["10 0", "0 0"]);
  expect(await found(searcher, [seriesOf(texts), seriesOf([["", "fox"]], "other")], "fox")).toEqual([
    "10 0",
    "0 0",
    "0 1",
  ]);
});

test("each text is sent once, unless the series lost a step", async () => {
  const searcher = new Searcher(() => new TestWorker());
  await found(searcher, [seriesOf(texts)], "fox");
  await found(searcher, [seriesOf(texts)], "red");
  expect(await found(searcher, [seriesOf([...texts, ["new fox", ""]])], "fox")).toEqual(["20 0", "10 0", "0 0"]);
  expect(await found(searcher, [seriesOf(texts.slice(1))], "fox")).toEqual(["0 0"]);
  expect(sentSteps(workers[0])).toEqual([
    [0, 0, 2],
    [0, 2, 1],
    [0, 0, 1],
  ]);
});

test("the texts of runs taken out are let go", async () => {
  const searcher = new Searcher(() => new TestWorker());
  await found(searcher, [seriesOf(texts), seriesOf(texts, "other")], "fox");
  expect(await found(searcher, [seriesOf(texts, "other")], "red")).toEqual(["10 1", "0 0"]);
  expect(sentSteps(workers[0])).toEqual([
    [0, 0, 2],
    [1, 0, 2],
    [1, 0, 0],
  ]);
});

test("prepared texts are not sent again", async () => {
  const searcher = new Searcher(() => new TestWorker());
  const series = [seriesOf(texts)];
  searcher.prepare(series);
  expect(await found(searcher, series, "fox")).toEqual(["10 0", "0 0"]);
  expect(sentSteps(workers[0])).toEqual([[0, 0, 2]]);
});

test("another filter is answered without a search", async () => {
  const searcher = new Searcher(() => new TestWorker());
  const series = [seriesOf(texts)];
  await found(searcher, series, "fox");
  const before = workers[0]?.requests.length;
  const result = await searcher.search(series, matcher("fox"), { ...EVERYTHING, steps: { least: 5, most: 15 } });
  expect(result).toEqual({ places: [{ run: "run", step: 10, at: 1, sample: 0 }] });
  expect(workers[0]?.requests.length).toBe(before);
});

test("of queries typed while one runs only the last is searched for", async () => {
  const searcher = new Searcher(() => new TestWorker());
  const series = [seriesOf(texts)];
  const results = await Promise.all(["f", "fo", "fox"].map((query) => found(searcher, series, query)));
  expect(results).toEqual([["10 0", "0 0"], null, ["10 0", "0 0"]]);
});

test("a search without end is ended after a second, and the next one works", async () => {
  const searcher = new Searcher(() => new TestWorker());
  const series = [seriesOf(texts)];
  const endless = found(searcher, series, "for ever");
  const next = found(searcher, series, "blue");
  await vi.advanceTimersByTimeAsync(999);
  expect(workers[0]?.isEnded).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await endless).toEqual({ error: expect.stringContaining("“for ever” was stopped after a second") });
  expect(workers[0]?.isEnded).toBe(true);
  expect(await next).toEqual(["0 1"]);
  expect(sentSteps(workers[1])).toEqual([[0, 0, 2]]);
});

test("a worker that cannot start is told in a sentence", async () => {
  const searcher = new Searcher(() => new TestWorker());
  const result = found(searcher, [seriesOf(texts)], "for ever");
  workers[0]?.onerror?.call(workers[0] as never, { message: "blocked" } as ErrorEvent);
  expect(await result).toEqual({ error: "The search could not be started: blocked. Reload the page." });
});
