import { expect, it, vi } from "vitest";
import { followLink, openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { Movement } from "./movement";
import { EmbeddingsState } from "./state.svelte";
import { type Logged, serverOf } from "./testing";
import { embeddings as embeddingsView } from "./view";

// Effects do not run here: what the state asks for by itself is asked for by hand.

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
async function pageOf(...runs: Logged[]): Promise<EmbeddingsState> {
  const embeddings = openView(embeddingsView, EmbeddingsState, serverOf(runs));
  embeddings.session.change({ runs: runs.map(({ run }) => run) });
  await embeddings.session.refresh();
  for (const info of embeddings.session.inSight)
    await Promise.all([embeddings.session.catalogue.follow(info), embeddings.tables.follow(info)]);
  return embeddings;
}

/** Lets the page choose the word that moved furthest. */
async function chooseByMovement(embeddings: EmbeddingsState): Promise<void> {
  for (const layer of embeddings.layers) embeddings.changes.wantMovement(embeddings.movementOf(layer));
  await vi.advanceTimersByTimeAsync(100);
}

it("chooses the word that moved furthest, padding left out, until another is chosen", async () => {
  const embeddings = await pageOf(RUN);
  expect(embeddings.session.view).toBe("embeddings");
  expect(embeddings.word).toBeNull();
  await chooseByMovement(embeddings);
  expect(embeddings.word).toEqual({ label: "far", row: 2 });
  embeddings.choose({ label: "near", row: 3 });
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
});

it("lists no words until it is known what they are ranked by", async () => {
  const embeddings = await pageOf(RUN);
  const [layer] = embeddings.layers;
  if (!layer) throw new Error("no layer");
  expect(Array.from(embeddings.listed)).toEqual([]);
  await chooseByMovement(embeddings);
  const key = embeddings.movementOf(layer);
  const movement = embeddings.changes.movement(key) as Movement;
  embeddings.changed = { key, movement, churn: null };
  expect(embeddings.listed[0]).toBe(2);
  // Its churn is still on its way.
  embeddings.change({ ranking: "churn" });
  expect(Array.from(embeddings.listed)).toEqual([]);
  embeddings.change({ ranking: "table" });
  expect(Array.from(embeddings.listed)).toEqual([0, 1, 2, 3]);
});

it("has nothing of a run that has not begun by then", async () => {
  const { steps, ...late } = RUN;
  const embeddings = await pageOf(RUN, { ...late, run: "late", steps: { 5: steps[5] ?? [] } });
  embeddings.session.change({ step: 0 });
  expect(embeddings.layers.map(({ run }) => run)).toEqual(["a"]);
  embeddings.session.change({ step: 5 });
  expect(embeddings.layers.map(({ run }) => run)).toEqual(["a", "late"]);
});

it("says so where a link asks for a word that is not there", async () => {
  const embeddings = await pageOf(RUN);
  followLink(embeddings.session, embeddingsView, { runs: "a", word: "gone" });
  await chooseByMovement(embeddings);
  expect(embeddings.word?.label).toBe("far");
  expect(embeddings.notices).toEqual(["There is no word “gone” here; shown is “far”."]);
});

it("says long words in short, in the address too", async () => {
  const long = "x".repeat(10_000);
  const embeddings = await pageOf({ ...RUN, labels: ["[PAD]", long, `${long}y`, "near"] });
  embeddings.choose({ label: `${long}y`, row: 2 });
  embeddings.togglePin({ label: long, row: 1 });
  const link = embeddingsView.writePlace(embeddings.place);
  expect(JSON.stringify(link).length).toBeLessThan(500);
  followLink(embeddings.session, embeddingsView, { ...link, runs: "a" });
  expect(embeddings.word).toEqual({ label: `${long}y`, row: 2 });
  expect(embeddings.pins).toEqual([{ label: long, row: 1 }]);
  expect(embeddings.isPinned({ label: long, row: 1 })).toBe(true);
  expect(embeddings.notices).toEqual([]);
  followLink(embeddings.session, embeddingsView, { runs: "a", word: `${long}z` });
  await chooseByMovement(embeddings);
  expect(embeddings.notices.join().length).toBeLessThan(300);
});

it("goes through the words found, and back to those before", async () => {
  const embeddings = await pageOf(RUN);
  embeddings.change({ search: "NEA", ranking: "table" });
  embeddings.stepWord(1);
  expect(embeddings.word).toEqual({ label: "near", row: 1 });
  embeddings.stepWord(1);
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
  embeddings.stepWord(1);
  embeddings.goBack();
  expect(embeddings.word).toEqual({ label: "near", row: 3 });
  embeddings.goBack();
  expect(embeddings.goBack()).toBe(false);
});

it("pins and releases words", async () => {
  const embeddings = await pageOf(RUN);
  embeddings.choose({ label: "far", row: 2 });
  embeddings.pinChosen();
  embeddings.clicked({ label: "near", row: 1 }, { shiftKey: true });
  expect(embeddings.pins).toEqual([
    { label: "far", row: 2 },
    { label: "near", row: 1 },
  ]);
  expect(embeddings.word?.label).toBe("far");
  embeddings.pinChosen();
  expect(embeddings.place.pins).toEqual([{ label: "near", row: 1 }]);
  embeddings.release();
  expect(embeddings.place.pins).toEqual([]);
});

it("pins each of the words that are written alike, in links too", async () => {
  const embeddings = await pageOf(RUN, { ...RUN, run: "b", labels: ["far", "[PAD]", "near", "x"] });
  embeddings.togglePin({ label: "near", row: 3 });
  embeddings.togglePin({ label: "near", row: 1 });
  expect(embeddings.pins.map(({ row }) => row)).toEqual([3, 1]);
  embeddings.togglePin({ label: "near", row: 1 });
  expect(embeddings.isPinned({ label: "near", row: 1 })).toBe(false);
  expect(embeddings.isPinned({ label: "near", row: 3 })).toBe(true);
  // A word of another run stands in another row there.
  embeddings.togglePin({ label: "far", row: 0 });
  const link = embeddingsView.writePlace(embeddings.place);
  embeddings.session.change({ runs: ["a"] });
  embeddings.release();
  followLink(embeddings.session, embeddingsView, { ...link, runs: "a" });
  expect(embeddings.pins).toEqual([
    { label: "near", row: 3 },
    { label: "far", row: 2 },
  ]);
});

it("leaves out steps with other words, and puts each run at its latest step up to the cursor", async () => {
  const sparse: Logged = { ...RUN, run: "b", steps: { 0: [], 1: RUN.steps[0] ?? [], 9: RUN.steps[5] ?? [] }, since: 1 };
  const embeddings = await pageOf(RUN, sparse);
  embeddings.session.change({ step: 5 });
  const [first, second] = embeddings.layers;
  expect([first?.steps, first?.at]).toEqual([[0, 5], 1]);
  expect([second?.steps, second?.at]).toEqual([[1, 9], 0]);
  const key = second && embeddings.movementOf(second);
  expect([key?.since, key?.step]).toEqual([1, 1]);
});

it("asks for neighbours once, those of several steps together", async () => {
  const asked: string[] = [];
  let isGone = false;
  const server = serverOf([RUN]);
  const embeddings = openView(embeddingsView, EmbeddingsState, (input, init) => {
    asked.push(String(input));
    if (isGone) throw new TypeError("Failed to fetch");
    return server(input, init);
  });
  embeddings.session.change({ runs: ["a"] });
  await embeddings.session.refresh();
  for (const info of embeddings.session.inSight)
    await Promise.all([embeddings.session.catalogue.follow(info), embeddings.tables.follow(info)]);
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
  // What no server answered is asked for again once one does.
  isGone = true;
  embeddings.neighbourhoods.want(layer, 2, "euclidean", [0]);
  await vi.advanceTimersByTimeAsync(100);
  expect(embeddings.neighbourhoods.get(layer, 2, "euclidean", 0)).toMatchObject({ reason: "gone" });
  isGone = false;
  await embeddings.session.refresh();
  embeddings.neighbourhoods.want(layer, 2, "euclidean", [0]);
  await vi.advanceTimersByTimeAsync(100);
  expect(embeddings.neighbourhoods.get(layer, 2, "euclidean", 0)).toMatchObject({ rows: expect.anything() });
});
