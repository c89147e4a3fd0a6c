import { describe, expect, it } from "vitest";
import { AttentionState } from "../attention/state.svelte";
import { Api } from "../host/api";
import { seriesKey } from "../store/catalogue.svelte";
import { START } from "../store/place";
import { Session } from "../store/session.svelte";
import { noAnswer } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { noticesOf, statusOf } from "./notices";
import { readLink, writeLink } from "./url";
import { VIEWS } from "./views";

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

/** A session that knows the steps of one example of each run. */
function pageWith(runs: Record<string, number[]>): Session {
  const session = new Session(VIEWS, new Api(noAnswer), life.signal);
  const series = Object.keys(runs).map((run) => info(run, "probe"));
  session.catalogue.list = { version: 1, series, newer: [], damaged: [] };
  addSteps(session, runs);
  session.change({ runs: Object.keys(runs) });
  return session;
}

function addSteps(session: Session, runs: Record<string, number[]>): void {
  const tracks = Object.entries(runs).map(([run, steps]) => {
    const track = { info: info(run, "probe"), steps: { steps, wall_times: steps, blobs: steps }, measures: null };
    return [seriesKey(track.info), track] as const;
  });
  session.catalogue.tracks = new Map(tracks);
}

describe("the step cursor", () => {
  it("goes over the steps of all runs", () => {
    const session = pageWith({ a: [0, 10], b: [5, 10, 20] });
    expect(session.steps).toEqual([0, 5, 10, 20]);
    expect(session.step).toBe(20);
    session.goToIndex(1);
    expect(session.step).toBe(5);
  });

  it("follows new steps from the last one", () => {
    const session = pageWith({ a: [0, 1, 2] });
    session.goToIndex(2);
    addSteps(session, { a: [0, 1, 2, 3, 4] });
    expect(session.step).toBe(4);
    expect(session.newSteps).toBe(0);
  });

  it("stays anywhere else and counts what is new", () => {
    const session = pageWith({ a: [0, 1, 2] });
    session.goToIndex(1);
    addSteps(session, { a: [0, 1, 2, 3, 4] });
    expect(session.step).toBe(1);
    expect(session.newSteps).toBe(2);
    session.goToIndex(99);
    expect([session.step, session.newSteps]).toEqual([4, 0]);
  });

  it("stands still without steps", () => {
    const session = pageWith({});
    session.goToIndex(3);
    session.togglePlay();
    expect([session.step, session.playing]).toEqual([null, false]);
  });

  it("plays from the start when it stands at the end", () => {
    const session = pageWith({ a: [0, 1, 2] });
    session.togglePlay();
    expect([session.step, session.playing]).toEqual([0, true]);
    session.togglePlay();
    expect(session.playing).toBe(false);
  });
});

describe("runs", () => {
  it("never leaves none", () => {
    const session = pageWith({ a: [0], b: [0] });
    session.toggleRun("a");
    expect(session.selectedRuns).toEqual(["b"]);
    session.toggleRun("b");
    expect(session.selectedRuns).toEqual(["b"]);
  });

  it("leaves pin, zoom and pointer behind with the tokens they name", () => {
    const session = pageWith({ a: [0] });
    const attention = new AttentionState(session, new Api(noAnswer), life.signal);
    session.adopt("attention", attention);
    attention.change({ pin: 3, viewport: { zoom: 2, query: 1, key: 1 } });
    attention.hover = { query: 1, key: 1 };
    session.selectExample("other");
    expect(attention.place).toMatchObject({ pin: null, viewport: null });
    expect(attention.hover).toEqual({ query: null, key: null });
  });
});

describe("a view that is not loaded yet", () => {
  it("keeps what a link says of it, and begins there", () => {
    const session = pageWith({ a: [0] });
    session.follow(readLink("?p.seqviz.head=3&p.seqviz.prompt=2"));
    expect(session.shown).toBeNull();
    expect(writeLink("", session.link)).toContain("p.seqviz.head=3");
    session.goTo("attention", "a", "probe", { layer: "decoder", query: 5 });
    const attention = new AttentionState(session, new Api(noAnswer), life.signal);
    session.adopt("attention", attention);
    expect(attention.place).toMatchObject({ layer: "decoder", pin: 5, head: null });
    expect(session.shown).toBe(attention);
    attention.change({ pin: 6 });
    expect(writeLink("", session.link)).toContain("p.seqviz.pin=6");
    expect(writeLink("", session.link)).toContain("p.seqviz.prompt=2");
  });
});

describe("notices", () => {
  it("say what a link asks for and the data does not have, until the user goes elsewhere", () => {
    const session = pageWith({ a: [0, 10] });
    const link = readLink("");
    session.follow({ ...link, page: { ...START, runs: ["gone", "a"], examples: { attention: "probe" }, step: 4 } });
    expect(noticesOf(session)).toEqual([
      "The log directory has no run gone; shown is a.",
      "TensorBoard does not hold step 4; the nearest that it holds is shown, 0.",
    ]);
    session.goToIndex(1);
    expect(noticesOf(session)).toEqual([]);
  });

  it("name what a newer version wrote", () => {
    const session = pageWith({ a: [0] });
    session.catalogue.list = { version: 1, series: session.series, newer: ["b · attention/x"], damaged: [] };
    expect(noticesOf(session).join()).toContain("newer version of the plugin");
    expect(noticesOf(session).join()).toContain("b · attention/x");
  });

  it("name the runs that cannot be read", () => {
    const session = pageWith({ a: [0] });
    session.catalogue.list = { version: 1, series: session.series, newer: [], damaged: ["b", "c", "d", "e"] };
    expect(noticesOf(session).join()).toContain("the event files of b, c, d and 1 more; they are damaged");
  });
});

it("says what it waits for only after a while", () => {
  const session = new Session(VIEWS, new Api(noAnswer), life.signal);
  expect(session.waitingFor).toContain("list what it has loaded");
  expect(statusOf(session)).toBeNull();
  session.patience.lateness = "long";
  expect(statusOf(session)).toEqual({ text: session.waitingFor, urgent: false });
});
