import { describe, expect, it } from "vitest";
import type { AttentionPlace } from "../attention/place";
import type { EmbeddingsPlace } from "../embeddings/place";
import type { EvaluationPlace } from "../evaluation/place";
import type { SamplesPlace } from "../samples/place";
import { type Link, START, writePlace } from "../store/place";
import type { View } from "../store/view";
import type { StructurePlace } from "../structure/place";
import { isMove, readLink, writeLink } from "./url";
import { VIEWS } from "./views";

const start: Link = {
  page: START,
  views: Object.fromEntries(VIEWS.map((view) => [view.kind, view.readPlace(() => null)])),
};
const everything: Link = {
  page: {
    view: "samples",
    runs: ["a/b", "with, comma", "back\\slash"],
    examples: { attention: "probe/0 é", samples: "verses" },
    step: 1200,
    b: { run: "with, comma" },
    line: "loss",
    spacing: "steps",
  },
  views: {
    attention: {
      layer: "decoder/attention#2",
      head: 3,
      heads: [1, 3],
      mapping: "per row",
      range: "head",
      hide: "special",
      combine: "max",
      level: "words",
      quantity: "contributions",
      overlay: "patches",
      pin: 4,
      measure: "distance",
      sort: "confidence",
      viewport: { zoom: 2.5, query: 10.25, key: 3 },
      table: "induction",
      shape: "wall",
      find: "block_0",
      pattern: "first",
    } satisfies AttentionPlace,
    evaluation: {
      panel: "confusion",
      measures: ["chrf", "precision/with, comma"],
      measure: "chrf",
      order: "clearest",
      group: "source_length",
      slice: "source_length: 5 to 9",
      filter: "forgotten",
      beside: "b",
      mistaken: [0, 3],
      text: "agreement",
      token: 0,
      run: "seed/2",
      brushed: [0.25, 0.5, 0, 0.125],
    } satisfies EvaluationPlace,
    samples: {
      rows: "prompts",
      prompt: 2,
      column: "0.5",
      run: "with, comma",
      repeat: null,
      isAlone: true,
      tree: true,
      shade: false,
      marks: "reference",
      unit: "character",
      measure: "chrf",
      search: "(the|a) & b=c",
      isRegex: true,
      filteredPrompts: [0, 2],
      filteredColumns: ["0.5", "4beams"],
      fromStep: 100,
      toStep: 2000,
      limits: [
        { measure: "perplexity", sign: ">=", bound: -0.5 },
        { measure: "chrf", sign: "<=", bound: null },
      ],
      token: 17,
    } satisfies SamplesPlace,
    structure: {
      run: "a/b",
      open: ["decoder", "block_0 × 12", "with, comma"],
      item: "decoder/attention",
      line: ["decoder", "block_0 × 12", "in data encoder", "state"].join("\n"),
      colour: "gradient_norm",
      labels: "sizes",
      masks: false,
      search: "dense 2",
      viewport: { zoom: 0.5, x: 120, y: -40 },
    } satisfies StructurePlace,
    embeddings: {
      word: "日本, &=",
      row: 17,
      pins: [
        { label: "with, comma", row: 3 },
        { label: "", row: 0 },
        { label: "b", row: 12 },
      ],
      search: "un",
      metric: "euclidean",
      span: "near",
      colour: "polarity",
      ranking: "churn",
    } satisfies EmbeddingsPlace,
  },
};

describe("the place in the address", () => {
  it("comes back whole", () => {
    expect(readLink(writeLink("", everything))).toEqual(everything);
  });

  it("gives no name to two things", () => {
    const names = VIEWS.flatMap((view) => [
      view.exampleParameter,
      ...Object.keys(view.writePlace(view.readPlace(() => null))),
    ]);
    const all = [...names, ...Object.keys(writePlace(START))];
    expect(all.toSorted()).toEqual([...new Set(all)].toSorted());
  });

  it("leaves other parameters alone and replaces its own", () => {
    const search = writeLink("?darkMode=true&p.seqviz.step=7&p.other.x=1", { ...start, page: { ...START, step: 9 } });
    const parameters = new URLSearchParams(search);
    expect(parameters.get("darkMode")).toBe("true");
    expect(parameters.get("p.other.x")).toBe("1");
    expect(parameters.getAll("p.seqviz.step")).toEqual(["9"]);
  });

  it("leaves out what the page chooses itself", () => {
    expect(writeLink("", start)).toBe("");
    expect(readLink("")).toEqual(start);
  });

  it("takes a single head without naming it twice", () => {
    const attention = { ...(start.views.attention as AttentionPlace), head: 2, heads: [2] };
    const link = { ...start, views: { ...start.views, attention } };
    expect(writeLink("", link)).not.toContain("heads");
    expect(readLink(writeLink("", link))).toEqual(link);
  });

  it("keeps an empty choice of runs apart from none made", () => {
    expect(readLink("?p.seqviz.runs=").page.runs).toEqual([]);
    expect(readLink("").page.runs).toBeNull();
  });

  it("ignores what makes no sense", () => {
    const search =
      "?p.seqviz.step=soon&p.seqviz.head=-1&p.seqviz.heads=1,x&p.seqviz.mapping=cubic&p.seqviz.zoom=9&p.seqviz.view=%00" +
      "&p.seqviz.view_box=0,1,2&p.seqviz.shapes=big&p.seqviz.repeat=-2&p.seqviz.limits=low&p.seqviz.from=x&p.seqviz.prompts=a&p.seqviz.lines=7&p.seqviz.token=x";
    expect(readLink(search)).toEqual(start);
  });

  it("takes a view more that is one value more", () => {
    const evaluation: View = {
      kind: "evaluation",
      name: "Evaluation",
      exampleParameter: "task",
      readPlace: (text) => ({ slice: text("slice") }),
      writePlace: (place) => ({ slice: (place as { slice: string | null }).slice }),
      keys: [],
      load: () => Promise.reject(new Error("There is nothing to draw.")),
    };
    const views = [...VIEWS, evaluation];
    const link = readLink("?p.seqviz.view=evaluation&p.seqviz.task=translation&p.seqviz.slice=long", views);
    expect(link.page).toMatchObject({ view: "evaluation", examples: { evaluation: "translation" } });
    expect(link.views.evaluation).toEqual({ slice: "long" });
    expect(readLink(writeLink("", link, views), views)).toEqual(link);
  });
});

it("tells a move from another look at the same", () => {
  const at = "?p.seqviz.view=attention&p.seqviz.layer=a&p.seqviz.example=x";
  expect(isMove(at, at.replace("layer=a", "layer=b"))).toBe(true);
  expect(isMove(at, at.replace("view=attention", "view=samples"))).toBe(true);
  expect(isMove(at, at.replace("example=x", "example=y"))).toBe(true);
  expect(isMove(at, `${at}&p.seqviz.step=3&p.seqviz.head=2`)).toBe(false);
  // What the page chose itself.
  expect(isMove("?p.seqviz.view=attention", at)).toBe(false);
});
