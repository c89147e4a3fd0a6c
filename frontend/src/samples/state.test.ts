import { describe, expect, it } from "vitest";
import { seriesKey } from "../store/catalogue.svelte";
import { followLink, noAnswer, OtherView, openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { filterAddresses } from "./find/filter";
import { SamplesState } from "./state.svelte";
import { key, seriesOf, setupOf } from "./testing";
import type { SampleSeries } from "./types";
import { samples as samplesView } from "./view";

// Effects do not run here, and nothing is fetched: what follows from the texts is tested, and what the user does to it.

withoutBrowser();

const info = (run: string): SeriesInfo => ({
  run,
  name: "probe",
  tag: "samples/probe",
  kind: "samples",
  last_step: 0,
  last_wall_time: 0,
});

const setup = setupOf({
  prompts: ["Once", "Twice"],
  references: ["upon", "told"],
  samples: [0, 1].flatMap((prompt) => [
    key({ prompt, temperature: 0.5 }),
    key({ prompt, temperature: 1 }),
    key({ prompt, temperature: 1, repeat: 1 }),
  ]),
});
const at = (step: number) => setup.samples.map((_, sample) => `${step}.${sample}`);

const attention = new OtherView("attention");

/** A page that holds the texts of some runs. */
function pageWith(...series: SampleSeries[]): SamplesState {
  const samples = openView(samplesView, SamplesState, noAnswer, [attention]);
  samples.session.catalogue.list = { version: 1, series: series.map(({ run }) => info(run)), newer: [] };
  samples.session.catalogue.tracks = new Map(
    series.map(({ run, steps }) => {
      const track = {
        info: info(run),
        steps: { steps: [...steps], wall_times: [...steps], blobs: [] },
        measures: null,
      };
      return [seriesKey(track.info), track];
    }),
  );
  samples.texts.values = new Map(series.map((one) => [seriesKey(info(one.run)), one]));
  samples.session.change({ runs: series.map(({ run }) => run) });
  return samples;
}

const one = () => pageWith(seriesOf(setup, { 0: at(0), 10: at(10) }, "a"));
const two = () => pageWith(seriesOf(setup, { 0: at(0), 10: at(10) }, "a"), seriesOf(setup, { 5: at(5) }, "b"));

it("is the view where only samples are logged", () => {
  expect(one().session.view).toBe("samples");
});

describe("the grid", () => {
  it("of one run is steps by temperatures", () => {
    const samples = one();
    expect(samples.gridRows.map(({ step }) => step)).toEqual([0, 10]);
    expect(samples.gridColumns.map(({ column }) => column.key)).toEqual(["0.5", "1"]);
    expect(samples.chosen).toEqual({ run: "a", step: 10, at: 1, sample: 0 });
  });

  it("of several runs is steps by runs, at one temperature, empty where a run has no such step", () => {
    const samples = two();
    expect(samples.gridRows.map(({ step }) => step)).toEqual([0, 5, 10]);
    expect(samples.gridColumns.map(({ run, column }) => [run, column.key])).toEqual([
      ["a", "0.5"],
      ["b", "0.5"],
    ]);
    const [row] = samples.gridRows;
    const [a, b] = samples.gridColumns;
    if (!row || !a || !b) throw new Error("The grid is too small.");
    expect(samples.addressesIn(row, a).map((address) => samples.textAt(address))).toEqual(["0.0"]);
    expect(samples.addressesIn(row, b)).toEqual([]);
  });

  it("of prompts shows each run's latest by the step of the cursor", () => {
    const samples = two();
    samples.change({ rows: "prompts", column: "1" });
    expect(samples.gridRows.map(({ prompt }) => prompt)).toEqual([0, 1]);
    const [, row] = samples.gridRows;
    const texts = samples.gridColumns.map(
      (column) => row && samples.addressesIn(row, column).map((p) => samples.textAt(p)),
    );
    expect(texts).toEqual([
      ["10.4", "10.5"],
      ["5.4", "5.5"],
    ]);
  });
});

describe("choosing", () => {
  it("a text takes step, temperature and token along, and leaves the link behind", () => {
    const samples = one();
    followLink(samples.session, samplesView, { prompt: "7" });
    expect(samples.notices).toHaveLength(1);
    samples.choose(0, 1, 3);
    expect(samples.session.step).toBe(0);
    expect(samples.place).toMatchObject({ column: "1", token: 3 });
    expect(samples.notices).toEqual([]);
  });

  it("a link to what was not sampled is told, whatever it asks for", () => {
    const samples = one();
    for (const [wanted, name] of [
      ["3", "temperature 3"],
      ["0", "greedy"],
      ["4beams", "4 beams"],
      ["beams 3", "temperature “beams 3”"],
    ] as const) {
      followLink(samples.session, samplesView, { column: wanted });
      const notice = `The link asks for ${name}, which was not sampled; chosen is temperature 0.5.`;
      expect(samples.notices).toEqual([notice]);
    }
  });

  it("a text that was found goes there from anywhere", () => {
    const samples = two();
    samples.goTo({ run: "b", step: 5, at: 0, sample: 5 });
    expect(samples.session.step).toBe(5);
    expect(samples.chosen).toEqual({ run: "b", step: 5, at: 0, sample: 5 });
    expect(samples.place).toMatchObject({ prompt: 1, column: "1", repeat: 1 });
  });

  it("goes through prompts, temperatures and repeats by key", () => {
    const samples = one();
    samples.stepPrompt(1);
    samples.stepPrompt(1);
    expect(samples.prompt?.text).toBe("Twice");
    samples.stepColumn(1);
    samples.stepRepeat(1);
    expect(samples.chosen?.sample).toBe(5);
    samples.stepRepeat(1);
    expect(samples.chosen?.sample).toBe(4);
  });
});

describe("comparing", () => {
  it("offers what there is, and another run than the first", () => {
    expect(one().comparison.choices).toEqual(["nothing", "before", "pinned", "reference"]);
    const { comparison } = two();
    expect(comparison.choices).toContain("run");
    expect(comparison.otherRun).toBe("b");
  });

  it("pins the step of the cursor", () => {
    const samples = one();
    samples.session.goToIndex(0);
    samples.comparison.choose("pinned");
    samples.session.goToIndex(1);
    const { chosen, comparison } = samples;
    expect(chosen && comparison.otherTextOf(chosen)).toBe("0.0");
  });
});

describe("B of the page", () => {
  it("is what texts are compared with, a step or a run, unless something else is chosen", () => {
    const samples = one();
    samples.session.compareAt(0);
    const { chosen, comparison } = samples;
    expect([comparison.choice, chosen && comparison.otherTextOf(chosen)]).toEqual(["pinned", "0.0"]);
    samples.change({ compare: "reference" });
    expect(comparison.choice).toBe("reference");
    const runs = two();
    runs.session.compareWithRun("b");
    expect([runs.comparison.choice, runs.comparison.otherRun]).toEqual(["run", "b"]);
    runs.session.stopComparing();
    expect(runs.comparison.choice).toBe("nothing");
  });
});

describe("filters", () => {
  const found = (samples: SamplesState) =>
    filterAddresses(samples.series, samples.filtering.filter).map((address) => samples.textAt(address));

  it("take prompts and temperatures out and bring them back, and keep to a range of steps", () => {
    const samples = one();
    const { filtering } = samples;
    expect([filtering.count, found(samples).length]).toEqual([0, 12]);
    filtering.togglePrompt(0);
    filtering.toggleColumn("1");
    expect([filtering.count, samples.finder.isOn]).toEqual([2, true]);
    expect(found(samples)).toEqual(["10.3", "0.3"]);
    samples.change({ fromStep: 5 });
    expect(found(samples)).toEqual(["10.3"]);
    expect(filtering.passes({ run: "a", step: 10, at: 1, sample: 3 })).toBe(true);
    expect(filtering.passes({ run: "a", step: 0, at: 0, sample: 3 })).toBe(false);
    expect(filtering.passes({ run: "a", step: 10, at: 1, sample: 4 })).toBe(false);
    filtering.togglePrompt(0);
    filtering.toggleColumn("1");
    expect(samples.place).toMatchObject({ filteredPrompts: null, filteredColumns: null });
    filtering.toggleColumn("0.5");
    filtering.toggleColumn("1");
    expect(found(samples)).toEqual([]);
    filtering.clear();
    expect([filtering.count, found(samples).length]).toEqual([0, 12]);
  });
});

it("exports what is known of each text", () => {
  const samples = one();
  const rows = samples.exportRows(samples.finder.addressesToExport());
  expect(rows).toHaveLength(12);
  expect(rows[0]).toMatchObject({ run: "a", step: 10, prompt: "Once", text: "10.0", reference: "upon" });
});

it("goes to the attention of a token", () => {
  const samples = one();
  const list = samples.session.catalogue.list;
  if (!list) throw new Error("There is no list.");
  const record = { ...info("a"), kind: "attention", name: "words", tag: "attention/words" };
  samples.session.catalogue.list = { ...list, series: [...list.series, record] };
  expect(samples.attentionOf("a", "words")).toBe("words");
  expect(samples.attentionOf("a", "others")).toBeNull();
  samples.showAttention({ run: "a", step: 10, at: 1, sample: 0 }, "words", 4);
  expect(samples.session.view).toBe("attention");
  expect(samples.session.example).toBe("words");
  expect(attention.target).toEqual({ layer: null, query: 4 });
  samples.session.selectView("samples");
  expect(samples.session.example).toBe("probe");
});
