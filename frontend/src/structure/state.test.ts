import { expect, it } from "vitest";
import { Api } from "../host/api";
import { Page } from "../page/page.svelte";
import { seriesKey, type Track } from "../store/catalogue.svelte";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { structureNode } from "./testing";

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
const life = new AbortController();

withoutBrowser();

function pageWith(series: SeriesInfo[], tracks: [string, Track][]): Page {
  const page = new Page(new Api((() => new Promise(() => undefined)) as typeof fetch), life.signal);
  page.catalogue.list = { version: 1, series, newer: [] };
  page.catalogue.tracks = new Map(tracks);
  page.change({ view: "structure", runs: ["run", "other"] });
  return page;
}

it("goes over the steps of the statistics, with the structure at or before", () => {
  const [structure, statistics] = [info("structure"), info("statistics")];
  const page = pageWith(
    [statistics, structure],
    [track(structure, [0, 15]), track(statistics, [0, 10, 20], [1, 0, 2, 0, 3, 0.5])],
  );
  expect(page.views).toEqual(["structure"]);
  expect(page.steps).toEqual([0, 10, 20]);
  page.goToIndex(1);
  expect(page.structure.address?.step).toBe(0);
  expect(page.structure.figures.of("dense", "gradient_norm")).toBe(2);
  page.goToIndex(2);
  expect(page.structure.address?.step).toBe(15);
  expect(page.structure.figures.isBroken("dense")).toBe(true);
});

it("goes over the steps of the structure where nothing was measured", () => {
  const structure = info("structure");
  const page = pageWith([structure], [track(structure, [7])]);
  expect(page.steps).toEqual([7]);
  page.structure.change({ colour: "gradient_norm" });
  expect([page.structure.colour, page.structure.scale]).toEqual(["role", null]);
});

it("shows of a run with other steps its last numbers before the cursor", () => {
  const series = ["run", "other"].flatMap((run) => [info("structure", run), info("statistics", run)]);
  const [structure, statistics, , otherStatistics] = series as [SeriesInfo, SeriesInfo, SeriesInfo, SeriesInfo];
  const page = pageWith(series, [
    track(structure, [0]),
    track(statistics, [10, 30], [1, 0, 2, 0]),
    track(otherStatistics, [0, 20], [5, 0, 6, 0]),
  ]);
  page.structure.change({ run: "run" });
  expect(page.steps).toEqual([0, 10, 20, 30]);
  const norms = page.steps.map((_, index) => {
    page.goToIndex(index);
    return page.structure.figures.of("dense", "gradient_norm");
  });
  expect(norms).toEqual([Number.NaN, 1, 1, 2]);
});

it("leads from a layer to its attention and its vectors, as far as they were logged", () => {
  const series = [info("structure"), info("attention", "run", "probe/0"), info("embeddings", "run", "words/embedding")];
  const { structure } = pageWith(series, []);
  const attending = structureNode("decoder/attention", { attention: "decoder/attention" });
  const embedding = structureNode("embedding", { role: "embedding" });
  structure.change({ run: "run" });
  expect(structure.links.attentionOf(attending)).toBe("probe/0");
  expect(structure.links.attentionOf(structureNode("dense"))).toBeNull();
  expect(structure.links.vectorsOf(embedding)).toBe("words/embedding");
  expect(structure.links.vectorsOf(structureNode("other", { role: "embedding" }))).toBeNull();
});
