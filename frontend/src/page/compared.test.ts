import { describe, expect, it } from "vitest";
import { AttentionState } from "../attention/state.svelte";
import { attention } from "../attention/view";
import { seriesKey } from "../store/catalogue.svelte";
import { readCompared, writeCompared } from "../store/compared";
import type { Session } from "../store/session.svelte";
import { followLink, openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";

withoutBrowser();

const info = (run: string): SeriesInfo => ({
  run,
  name: "probe",
  tag: "attention/probe",
  kind: "attention",
  last_step: 0,
  last_wall_time: 0,
});

function viewOf(runs: Record<string, number[]>): AttentionState {
  const view = openView(attention, AttentionState);
  const { session } = view;
  session.catalogue.list = { version: 1, series: Object.keys(runs).map(info), newer: [], damaged: [] };
  session.catalogue.tracks = new Map(
    Object.entries(runs).map(([run, steps]) => {
      const track = { info: info(run), steps: { steps, wall_times: steps, blobs: steps }, measures: null };
      return [seriesKey(track.info), track];
    }),
  );
  return view;
}

const sessionOf = (runs: Record<string, number[]>): Session => viewOf(runs).session;

it("comes back from the address, as a step or a run", () => {
  for (const compared of [{ step: -3 }, { run: "a, b" }, null]) {
    const written = writeCompared(compared);
    expect(readCompared((name) => written[name] ?? null)).toEqual(compared);
  }
});

describe("B", () => {
  it("is a step of the same run, until it is ended", () => {
    const session = sessionOf({ a: [0, 10, 20] });
    session.change({ runs: ["a"] });
    session.compareAt(1);
    expect([session.b, session.indexB, session.runA, session.runB]).toEqual([{ step: 10 }, 1, "a", "a"]);
    expect(session.stopComparing()).toBe(true);
    expect([session.b, session.indexB, session.runB, session.stopComparing()]).toEqual([null, -1, null, false]);
  });

  it("is another run at the same step, which is then shown, and no longer when it is ended", () => {
    const session = sessionOf({ a: [0, 10], b: [0, 10] });
    session.change({ runs: ["b"] });
    session.compareWithRun("a");
    expect(session.selectedRuns).toEqual(["a", "b"]);
    expect([session.runA, session.runB, session.indexB]).toEqual(["b", "a", 1]);
    session.stopComparing();
    expect([session.selectedRuns, session.b]).toEqual([["b"], null]);
  });

  it("leaves a run in sight that was so before, and stays as another run becomes A", () => {
    const session = sessionOf({ a: [0], b: [0], c: [0] });
    session.change({ runs: ["a", "b"] });
    session.compareWithRun("b");
    expect([session.runA, session.runB]).toEqual(["a", "b"]);
    session.showAsA("c");
    expect([session.runA, session.runB, session.selectedRuns]).toEqual(["c", "b", ["b", "c"]]);
    session.showAsA("b");
    expect([session.runA, session.b]).toEqual(["b", null]);
    session.change({ runs: ["a", "b"] });
    session.compareWithRun("b");
    session.stopComparing();
    expect(session.selectedRuns).toEqual(["a", "b"]);
  });

  it("says which run has nothing yet at a step, where A is drawn by itself", () => {
    const view = viewOf({ a: [0, 5], b: [5] });
    const { session } = view;
    session.change({ runs: ["a", "b"], step: 0 });
    session.compareWithRun("b");
    expect([session.notYet("a"), session.notYet("b"), session.notYet("gone")]).toEqual([
      null,
      "Run b begins at step 5, after step 0.",
      null,
    ]);
    expect([session.stepB, session.notYet("b", session.stepB), session.notYet("b", 5)]).toEqual([
      0,
      expect.anything(),
      null,
    ]);
    expect([view.lacking, view.isCompared]).toEqual(["record", false]);
    session.change({ step: 5 });
    expect([view.lacking, view.isCompared]).toEqual([null, true]);
  });

  it("ends when its run is taken out, and is none where a link names a run that is not there", () => {
    const session = sessionOf({ a: [0], b: [0] });
    session.change({ runs: ["a"] });
    session.compareWithRun("b");
    session.toggleRun("b");
    expect([session.b, session.place.b]).toEqual([null, null]);
    followLink(session, attention, { runs: "a", brun: "gone" });
    expect([session.b, session.selectedRuns]).toEqual([null, ["a"]]);
    followLink(session, attention, { runs: "a", brun: "b" });
    expect([session.runA, session.runB]).toEqual(["a", "b"]);
  });
});
