import { expect, it, vi } from "vitest";
import { Api } from "../host/api";
import { Page } from "../page/page.svelte";
import { readLink, writeLink } from "../page/url";
import { withoutBrowser } from "../testing/withoutBrowser";
import { type Logged, serverOf } from "./testing";

// Effects do not run here: what the state asks for by itself is asked for by hand.

const life = new AbortController();

withoutBrowser({ visibilityState: "visible", getElementById: () => null });

const RUN: Logged = {
  run: "a",
  layer: "words",
  labels: ["[PAD]", "near", "far", "near"],
  steps: {
    0: [
      [0, 9],
      [1, 1],
      [2, 2],
      [1, 0],
    ],
    5: [
      [9, 9],
      [1, 2],
      [2, 8],
      [1, 0],
    ],
  },
};

/** A page that knows the words of some runs. */
async function pageOf(...runs: Logged[]): Promise<Page> {
  const page = new Page(new Api(serverOf(runs)), life.signal);
  page.change({ runs: runs.map(({ run }) => run) });
  await vi.advanceTimersByTimeAsync(1);
  for (const info of page.inSight)
    await Promise.all([page.catalogue.follow(info), page.embeddings.tables.follow(info)]);
  return page;
}

/** Lets the page choose the word that moved furthest. */
async function chooseByMovement(page: Page): Promise<void> {
  for (const layer of page.embeddings.layers) page.embeddings.wantMovement(page.embeddings.movementOf(layer));
  await vi.advanceTimersByTimeAsync(100);
}

it("chooses the word that moved furthest, padding left out, until another is chosen", async () => {
  const { embeddings } = await pageOf(RUN).then(async (page) => {
    expect(page.view).toBe("embeddings");
    expect(page.embeddings.word).toBeNull();
    await chooseByMovement(page);
    return page;
  });
  expect(embeddings.word).toEqual({ label: "far", row: 2 });
  embeddings.choose({ label: "near", row: 3 });
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
});

it("says so where a link asks for a word that is not there", async () => {
  const page = await pageOf(RUN);
  page.follow(readLink("?p.seqviz.runs=a&p.seqviz.word=gone"));
  await chooseByMovement(page);
  expect(page.embeddings.word?.label).toBe("far");
  expect(page.embeddings.notices).toEqual(["There is no word “gone” here; shown is “far”."]);
});

it("says long words in short, in the address too", async () => {
  const long = "x".repeat(10_000);
  const page = await pageOf({ ...RUN, labels: ["[PAD]", long, `${long}y`, "near"] });
  page.embeddings.choose({ label: `${long}y`, row: 2 });
  page.embeddings.togglePin({ label: long, row: 1 });
  const link = writeLink("", page.link);
  expect(link.length).toBeLessThan(500);
  page.follow(readLink(link));
  expect(page.embeddings.word).toEqual({ label: `${long}y`, row: 2 });
  expect(page.embeddings.pins).toEqual([{ label: long, row: 1 }]);
  expect(page.embeddings.isPinned({ label: long, row: 1 })).toBe(true);
  expect(page.embeddings.notices).toEqual([]);
  page.follow(readLink(`?p.seqviz.runs=a&p.seqviz.word=${long}z`));
  await chooseByMovement(page);
  expect(page.embeddings.notices.join().length).toBeLessThan(300);
});

it("goes through the words found, and back to those before", async () => {
  const { embeddings } = await pageOf(RUN);
  embeddings.change({ search: "NEA" });
  embeddings.perform("next word");
  expect(embeddings.word).toEqual({ label: "near", row: 1 });
  embeddings.perform("next word");
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
  embeddings.perform("next word");
  embeddings.perform("word before");
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
  embeddings.perform("word before");
  expect(embeddings.perform("word before")).toBe(false);
});

it("pins and releases words", async () => {
  const { embeddings } = await pageOf(RUN);
  embeddings.choose({ label: "far", row: 2 });
  embeddings.perform("pin");
  embeddings.clicked({ label: "near", row: 1 }, { shiftKey: true });
  expect(embeddings.pins).toEqual([
    { label: "far", row: 2 },
    { label: "near", row: 1 },
  ]);
  expect(embeddings.word?.label).toBe("far");
  embeddings.perform("pin");
  expect(embeddings.place.pins).toEqual([{ label: "near", row: 1 }]);
  embeddings.perform("release");
  expect(embeddings.place.pins).toEqual([]);
});

it("pins each of the words that are written alike, in links too", async () => {
  const page = await pageOf(RUN, { ...RUN, run: "b", labels: ["far", "[PAD]", "near", "x"] });
  const { embeddings } = page;
  embeddings.togglePin({ label: "near", row: 3 });
  embeddings.togglePin({ label: "near", row: 1 });
  expect(embeddings.pins.map(({ row }) => row)).toEqual([3, 1]);
  embeddings.togglePin({ label: "near", row: 1 });
  expect(embeddings.isPinned({ label: "near", row: 1 })).toBe(false);
  expect(embeddings.isPinned({ label: "near", row: 3 })).toBe(true);
  // A word of another run stands in another row there.
  embeddings.togglePin({ label: "far", row: 0 });
  const link = writeLink("", page.link);
  page.change({ runs: ["a"] });
  embeddings.perform("release");
  page.follow(readLink(link));
  expect(embeddings.pins).toEqual([
    { label: "near", row: 3 },
    { label: "far", row: 2 },
  ]);
});

it("leaves out steps with other words, and puts each run at its latest step up to the cursor", async () => {
  const sparse: Logged = { ...RUN, run: "b", steps: { 0: [], 1: RUN.steps[0] ?? [], 9: RUN.steps[5] ?? [] }, since: 1 };
  const page = await pageOf(RUN, sparse);
  page.change({ step: 5 });
  const [first, second] = page.embeddings.layers;
  expect([first?.steps, first?.at]).toEqual([[0, 5], 1]);
  expect([second?.steps, second?.at]).toEqual([[1, 9], 0]);
  const key = second && page.embeddings.movementOf(second);
  expect([key?.since, key?.step]).toEqual([1, 1]);
});

it("asks for neighbours once, those of several steps together", async () => {
  const asked: string[] = [];
  const server = serverOf([RUN]);
  const page = new Page(
    new Api((input, init) => {
      asked.push(String(input));
      return server(input, init);
    }),
    life.signal,
  );
  page.change({ runs: ["a"] });
  await vi.advanceTimersByTimeAsync(1);
  for (const info of page.inSight)
    await Promise.all([page.catalogue.follow(info), page.embeddings.tables.follow(info)]);
  const { embeddings } = page;
  const [layer] = embeddings.layers;
  if (!layer) throw new Error("There is no layer.");
  asked.length = 0;
  embeddings.neighbourhoods.want(layer, 1, "euclidean", [5, 0]);
  await vi.advanceTimersByTimeAsync(100);
  expect(embeddings.neighbourhoods.get(layer, 1, "euclidean", 0)).toMatchObject({ rows: [3, 2, 0] });
  embeddings.neighbourhoods.want(layer, 1, "euclidean", [0]);
  // A word that is only passed by is not asked for.
  embeddings.neighbourhoods.want(layer, 2, "euclidean", [0])();
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("steps=0%2C5");
  embeddings.neighbourhoods.wantLine(layer, 1, "euclidean");
  await vi.advanceTimersByTimeAsync(100);
  expect(embeddings.neighbourhoods.line(layer, 1, "euclidean").steps).toEqual([0, 5]);
  // There is nothing new.
  embeddings.neighbourhoods.wantLine(layer, 1, "euclidean");
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(2);
});
