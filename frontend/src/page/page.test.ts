import { describe, expect, it } from "vitest";
import { Api } from "../host/api";
import { seriesKey } from "../store/catalogue.svelte";
import { START } from "../store/place";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { noticesOf, statusOf } from "./notices";
import { Page } from "./page.svelte";
import { readLink } from "./url";

// Effects do not run here: what follows from the state is tested, and what the user does to it. The rest needs a browser.

const info = (run: string, name: string): SeriesInfo => ({
  run,
  name,
  tag: `attention/${name}`,
  kind: "attention",
  last_step: 0,
  last_wall_time: 0,
});
const life = new AbortController();

withoutBrowser();

/** A page that knows the steps of one example of each run. */
function pageWith(runs: Record<string, number[]>): Page {
  const page = new Page(new Api((() => new Promise(() => undefined)) as typeof fetch), life.signal);
  const series = Object.keys(runs).map((run) => info(run, "probe"));
  page.catalogue.list = { version: 1, series, newer: [] };
  addSteps(page, runs);
  page.change({ runs: Object.keys(runs) });
  return page;
}

function addSteps(page: Page, runs: Record<string, number[]>): void {
  const tracks = Object.entries(runs).map(([run, steps]) => {
    const track = { info: info(run, "probe"), steps: { steps, wall_times: steps, blobs: steps }, measures: null };
    return [seriesKey(track.info), track] as const;
  });
  page.catalogue.tracks = new Map(tracks);
}

describe("the step cursor", () => {
  it("goes over the steps of all runs", () => {
    const page = pageWith({ a: [0, 10], b: [5, 10, 20] });
    expect(page.steps).toEqual([0, 5, 10, 20]);
    expect(page.step).toBe(20);
    page.goToIndex(1);
    expect(page.step).toBe(5);
  });

  it("follows new steps from the last one", () => {
    const page = pageWith({ a: [0, 1, 2] });
    page.goToIndex(2);
    addSteps(page, { a: [0, 1, 2, 3, 4] });
    expect(page.step).toBe(4);
    expect(page.newSteps).toBe(0);
  });

  it("stays anywhere else and counts what is new", () => {
    const page = pageWith({ a: [0, 1, 2] });
    page.goToIndex(1);
    addSteps(page, { a: [0, 1, 2, 3, 4] });
    expect(page.step).toBe(1);
    expect(page.newSteps).toBe(2);
    page.goToIndex(99);
    expect([page.step, page.newSteps]).toEqual([4, 0]);
  });

  it("stands still without steps", () => {
    const page = pageWith({});
    page.goToIndex(3);
    page.togglePlay();
    expect([page.step, page.playing]).toEqual([null, false]);
  });

  it("plays from the start when it stands at the end", () => {
    const page = pageWith({ a: [0, 1, 2] });
    page.togglePlay();
    expect([page.step, page.playing]).toEqual([0, true]);
    page.togglePlay();
    expect(page.playing).toBe(false);
  });
});

describe("runs", () => {
  it("never leaves none", () => {
    const page = pageWith({ a: [0], b: [0] });
    page.toggleRun("a");
    expect(page.selectedRuns).toEqual(["b"]);
    page.toggleRun("b");
    expect(page.selectedRuns).toEqual(["b"]);
  });

  it("leaves pin, zoom and pointer behind with the tokens they name", () => {
    const page = pageWith({ a: [0] });
    page.attention.change({ pin: 3, viewport: { zoom: 2, query: 1, key: 1 } });
    page.attention.hover = { query: 1, key: 1 };
    page.selectExample("other");
    expect(page.attention.place).toMatchObject({ pin: null, viewport: null });
    expect(page.attention.hover).toEqual({ query: null, key: null });
  });
});

describe("notices", () => {
  it("say what a link asks for and the data does not have, until the user goes elsewhere", () => {
    const page = pageWith({ a: [0, 10] });
    const link = readLink("");
    page.follow({ ...link, page: { ...START, runs: ["gone", "a"], examples: { attention: "probe" }, step: 4 } });
    expect(noticesOf(page)).toEqual([
      "The log directory has no run gone; shown is a.",
      "TensorBoard does not hold step 4; the nearest that it holds is shown, 0.",
    ]);
    page.goToIndex(1);
    expect(noticesOf(page)).toEqual([]);
  });

  it("name what a newer version wrote", () => {
    const page = pageWith({ a: [0] });
    page.catalogue.list = { version: 1, series: page.series, newer: ["b · attention/x"] };
    expect(noticesOf(page).join()).toContain("newer version of the plugin");
    expect(noticesOf(page).join()).toContain("b · attention/x");
  });
});

it("says what it waits for only after a while", () => {
  const page = new Page(new Api((() => new Promise(() => undefined)) as typeof fetch), life.signal);
  expect(page.waitingFor).toContain("list what it has loaded");
  expect(statusOf(page)).toBeNull();
  page.patience.lateness = "long";
  expect(statusOf(page)).toEqual({ text: page.waitingFor, urgent: false });
});
