import { describe, expect, it, vi } from "vitest";
import type { BlobAddress } from "../host/api";
import { plain } from "../language/sentence";
import { seriesKey } from "../store/catalogue.svelte";
import { encodeFrame } from "../testing/frames";
import { followLink, noAnswer, OtherView, openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import type { SeriesInfo } from "../wire/schema.gen";
import { filterAddresses } from "./find/filter";
import { SamplesState } from "./state.svelte";
import { key, seriesOf, setupOf } from "./testing";
import type { SampleSeries } from "./types";
import { samples as samplesView } from "./view";
import { captionWords } from "./words";

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
  samples.session.catalogue.list = { version: 1, series: series.map(({ run }) => info(run)), newer: [], damaged: [] };
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

it("asks again for blobs that no server gave, once one answers", async () => {
  const asked: string[] = [];
  let isGone = true;
  const server = async (path: string) => {
    if (path === "series") return Response.json({ version: 1, series: [info("a")], newer: [], damaged: [] });
    if (!path.startsWith("blob")) return Response.json({ error: "There is nothing." }, { status: 404 });
    asked.push(path);
    if (path.includes("index=1")) return Response.json({ error: "There is no such blob." }, { status: 404 });
    if (isGone) throw new TypeError("Failed to fetch");
    return new Response(encodeFrame({ kind: "samples" }, {}, {}));
  };
  const { session, blobs } = openView(samplesView, SamplesState, server as unknown as typeof fetch);
  const addresses = [0, 1].map((index) => ({ run: "a", tag: "samples/probe", step: 0, written: 0, index }));
  // As the effects of components do; each answer comes after a pause.
  const want = async (count: number) => {
    for (const address of addresses) blobs.want(address);
    await vi.waitFor(() =>
      expect([asked.length, ...addresses.map((one) => blobs.get(one))]).toEqual([
        count,
        expect.anything(),
        expect.anything(),
      ]),
    );
  };
  await want(2);
  isGone = false;
  await session.refresh();
  await want(3);
  expect(blobs.get(addresses[0] as BlobAddress)).toMatchObject({ header: { kind: "samples" } });
  expect(blobs.get(addresses[1] as BlobAddress)).toMatchObject({ reason: "missing" });
});

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
    const [, ofB] = samples.gridColumns;
    expect(row && ofB && samples.addressesIn({ ...row, step: 0 }, ofB)).toEqual([]);
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

describe("what is compared", () => {
  const beside = (samples: SamplesState) =>
    samples.comparison.rows.map(({ name, a, b }) => [name, a?.text ?? null, b?.text ?? null]);

  it("is another step, a row for each temperature of the prompt", () => {
    const samples = one();
    expect(samples.layout).toBe("grid");
    samples.session.compareAt(0);
    expect(samples.layout).toBe("compared");
    expect(beside(samples)).toEqual([
      ["0.5", "10.0", "0.0"],
      ["1", "10.1", "0.1"],
    ]);
    samples.change({ rows: "prompts", column: "1", repeat: null });
    expect(beside(samples)).toEqual([
      ["Once", "10.1", "0.1"],
      ["Once", "10.2", "0.2"],
      ["Twice", "10.4", "0.4"],
      ["Twice", "10.5", "0.5"],
    ]);
    expect(plain(samples.reading ?? [])).toContain("Same beginning: 0 words at “Once”");
    samples.session.stopComparing();
    expect([samples.layout, samples.comparison.rows]).toEqual(["grid", []]);
  });

  it("is another run, at its latest step by then, which the heads say", () => {
    const samples = two();
    samples.session.compareWithRun("b");
    expect(beside(samples)[0]).toEqual(["0.5", "10.0", "5.0"]);
    expect(samples.comparison.steps).toEqual({ a: 10, b: 5 });
    const { run, runB } = captionWords(samples, 2);
    expect([run?.text, runB?.text]).toEqual(["a", "b"]);
    samples.session.goToIndex(1);
    expect(beside(samples)[0]).toEqual(["0.5", "0.0", "5.0"]);
    expect(samples.comparison.steps).toEqual({ a: 0, b: 5 });
    samples.session.goToIndex(0);
    expect([beside(samples)[0], samples.comparison.steps]).toEqual([["0.5", "0.0", null], { a: 0, b: null }]);
    samples.session.goToIndex(2);
    run?.choose("b");
    expect([samples.session.b, samples.session.selectedRuns, samples.layout]).toEqual([null, ["b"], "grid"]);
    samples.session.compareWithRun("a");
    expect(beside(samples)[0]).toEqual(["0.5", "5.0", "10.0"]);
    const rows = samples.exportRows(samples.finder.addressesToExport());
    expect(new Set(rows.map(({ run, step }) => `${run} ${step}`))).toEqual(new Set(["a 0", "a 10", "b 5"]));
  });

  it("shows also what only A or only B has, by prompt, temperature and repeat, and takes no run out of sight for ever", () => {
    const theirs = setupOf({
      prompts: ["Twice", "Thrice"],
      samples: [key({ temperature: 1, repeat: 1 }), key({ temperature: 2 }), key({ prompt: 1, temperature: 1 })],
    });
    const samples = pageWith(
      seriesOf(setup, { 10: at(10) }, "a"),
      seriesOf(theirs, { 10: ["x", "y", "z"] }, "b"),
      seriesOf(setup, { 10: at(10) }, "c"),
    );
    samples.session.compareWithRun("b");
    samples.change({ prompt: 1, repeat: null });
    expect(beside(samples)).toEqual([
      ["0.5", "10.3", null],
      ["1", "10.4", null],
      ["1", "10.5", "x"],
      ["2", null, "y"],
    ]);
    samples.change({ rows: "prompts", column: "1", repeat: 0 });
    expect(beside(samples)).toEqual([
      ["Once", "10.1", null],
      ["Twice", "10.4", null],
      ["Thrice", null, "z"],
    ]);
    expect(samples.comparison.others).toEqual(["c"]);
    samples.session.stopComparing();
    expect(samples.gridColumns.map(({ run }) => run)).toEqual(["a", "b", "c"]);
  });

  it("is the reference, where it is wished and nothing else is", () => {
    const samples = one();
    samples.change({ marks: "reference" });
    expect(beside(samples)).toEqual([
      ["0.5", "10.0", "upon"],
      ["1", "10.1", "upon"],
    ]);
    samples.session.compareAt(0);
    expect(beside(samples)[0]).toEqual(["0.5", "10.0", "0.0"]);
    samples.session.stopComparing();
    expect([samples.release(), samples.layout, samples.release()]).toEqual([true, "grid", false]);
  });
});

describe("one temperature", () => {
  it("is read as a document until Escape, what is new since the step before marked", () => {
    const samples = one();
    samples.change({ token: 0, rows: "prompts" });
    samples.toggleAlone();
    expect([samples.layout, samples.marks, samples.gridRows.length]).toEqual(["document", "new", 2]);
    const { chosen } = samples;
    expect(chosen && samples.comparison.newIn(chosen)).toEqual([{ text: "10.0", isOwn: true }]);
    expect([samples.release(), samples.layout]).toEqual([true, "document"]);
    expect([samples.release(), samples.layout, samples.marks]).toEqual([true, "grid", "nothing"]);
    expect(samples.release()).toBe(false);
  });
});

describe("the caption", () => {
  it("says what is drawn, and changes it", () => {
    const samples = one();
    const words = captionWords(samples, 1);
    expect(words.columns?.text).toBe("1 of 2 temperatures");
    expect(words.prompt?.text).toBe("“Once”");
    words.columns?.choose("1");
    expect([samples.layout, samples.column?.key]).toEqual(["document", "1"]);
    expect(captionWords(samples, 1).columns?.text).toBe("temperature 1 alone");
    words.columns?.choose("all");
    words.repeat?.choose("all");
    expect([samples.layout, captionWords(samples, 2).repeat?.text]).toEqual(["grid", "all 2 samples"]);
    words.prompt?.choose("0:Twice");
    expect(samples.promptIndex).toBe(1);
    words.marks?.choose("new");
    captionWords(samples, 2).marks?.choose("by character");
    expect(samples.place).toMatchObject({ marks: "new", unit: "character" });
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
