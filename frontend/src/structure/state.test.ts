import { expect, it } from "vitest";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { noAnswer, OtherView, openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { StructureState } from "./state.svelte";
import { structureNode } from "./testing";
import { structure as structureView } from "./view";

// Effects do not run here: what follows from the state is tested. Drawing needs a browser.

const info = (kind: string, run = "run", name = "model"): SeriesInfo => ({
  run,
  name,
  kind,
  tag: `${kind}/${name}`,
  last_step: 0,
  last_wall_time: 0,
});
const track = (of: SeriesInfo, steps: number[], values: number[] | null = null): [string, Track] => [
  seriesKey(of),
  {
    info: of,
    steps: { steps, wall_times: steps, blobs: steps },
    measures: values && {
      steps,
      names: ["gradient_norm", "gradient_not_finite"],
      rows: 1,
      layers: ["dense"],
      values: Float32Array.from(values),
    },
  },
];

withoutBrowser();

const attention = new OtherView("attention");

function pageWith(series: SeriesInfo[], tracks: [string, Track][]): StructureState {
  const structure = openView(structureView, StructureState, noAnswer, [attention, new OtherView("embeddings")]);
  structure.session.catalogue.list = { version: 1, series, newer: [], damaged: [] };
  structure.session.catalogue.tracks = new Map(tracks);
  structure.session.change({ view: "structure", runs: ["run", "other"] });
  return structure;
}

it("goes over the steps of the statistics, with the structure at or before", () => {
  const [drawn, statistics] = [info("structure"), info("statistics")];
  const structure = pageWith(
    [statistics, drawn],
    [track(drawn, [0, 15]), track(statistics, [0, 10, 20], [1, 0, 2, 0, 3, 0.5])],
  );
  expect(structure.session.views).toEqual(["structure"]);
  expect(structure.session.steps).toEqual([0, 10, 20]);
  structure.session.goToIndex(1);
  expect(structure.address?.step).toBe(0);
  expect(structure.figures.of("dense", "gradient_norm")).toBe(2);
  structure.session.goToIndex(2);
  expect(structure.address?.step).toBe(15);
  expect(structure.figures.isBroken("dense")).toBe(true);
});

it("goes over the steps of the structure where nothing was measured", () => {
  const drawn = info("structure");
  const structure = pageWith([drawn], [track(drawn, [7])]);
  expect(structure.session.steps).toEqual([7]);
  structure.change({ colour: "gradient_norm" });
  expect([structure.colour, structure.scale]).toEqual(["role", null]);
});

it("shows of a run with other steps its last numbers before the cursor", () => {
  const series = ["run", "other"].flatMap((run) => [info("structure", run), info("statistics", run)]);
  const [drawn, statistics, , otherStatistics] = series as [SeriesInfo, SeriesInfo, SeriesInfo, SeriesInfo];
  const structure = pageWith(series, [
    track(drawn, [0]),
    track(statistics, [10, 30], [1, 0, 2, 0]),
    track(otherStatistics, [0, 20], [5, 0, 6, 0]),
  ]);
  structure.change({ run: "run" });
  expect(structure.session.steps).toEqual([0, 10, 20, 30]);
  const norms = structure.session.steps.map((_, index) => {
    structure.session.goToIndex(index);
    return structure.figures.of("dense", "gradient_norm");
  });
  expect(norms).toEqual([Number.NaN, 1, 1, 2]);
});

it("leads from a layer to its attention and its vectors, as far as they were logged", () => {
  const series = [info("structure"), info("attention", "run", "probe/0"), info("embeddings", "run", "words/embedding")];
  const structure = pageWith(series, []);
  const attending = structureNode("decoder/attention", { attention: "decoder/attention" });
  const embedding = structureNode("embedding", { role: "embedding" });
  structure.change({ run: "run" });
  expect(structure.links.attentionOf(attending)).toBe("probe/0");
  expect(structure.links.attentionOf(structureNode("dense"))).toBeNull();
  expect(structure.links.vectorsOf(embedding)).toBe("words/embedding");
  expect(structure.links.vectorsOf(structureNode("other", { role: "embedding" }))).toBeNull();
  const { session } = structure;
  structure.links.showAttention(attending);
  expect([session.view, session.example]).toEqual(["attention", "probe/0"]);
  expect(attention.target).toEqual({ layer: "decoder/attention" });
  session.selectView("structure");
  structure.links.showVectors(embedding);
  expect([session.view, session.example]).toEqual(["embeddings", "words/embedding"]);
});
