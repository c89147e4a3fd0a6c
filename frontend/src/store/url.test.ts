import { describe, expect, it } from "vitest";
import { type Place, START } from "./place";
import { readPlace, writePlace } from "./url";

const everything: Place = {
  view: "attention",
  runs: ["a/b", "with, comma", "back\\slash"],
  example: "probe/0 é",
  layer: "decoder/attention#2",
  head: 3,
  heads: [1, 3],
  step: 1200,
  mapping: "per row",
  hide: true,
  combine: "max",
  pin: 4,
  measure: "distance",
  layout: "lines",
  viewport: { zoom: 2.5, query: 10.25, key: 3 },
};

describe("the place in the address", () => {
  it("comes back whole", () => {
    expect(readPlace(writePlace("", everything))).toEqual(everything);
  });

  it("leaves other parameters alone and replaces its own", () => {
    const search = writePlace("?darkMode=true&p.seqviz.step=7&p.other.x=1", { ...START, step: 9 });
    const parameters = new URLSearchParams(search);
    expect(parameters.get("darkMode")).toBe("true");
    expect(parameters.get("p.other.x")).toBe("1");
    expect(parameters.getAll("p.seqviz.step")).toEqual(["9"]);
  });

  it("leaves out what the page chooses itself", () => {
    expect(writePlace("", START)).toBe("?p.seqviz.view=attention");
    expect(readPlace("")).toEqual(START);
  });

  it("takes a single head without naming it twice", () => {
    const place = { ...START, head: 2, heads: [2] };
    expect(writePlace("", place)).not.toContain("heads");
    expect(readPlace(writePlace("", place))).toEqual(place);
  });

  it("keeps an empty choice of runs apart from none made", () => {
    expect(readPlace("?p.seqviz.runs=")).toMatchObject({ runs: [] });
    expect(readPlace("").runs).toBeNull();
  });

  it("ignores what makes no sense", () => {
    const search =
      "?p.seqviz.step=soon&p.seqviz.head=-1&p.seqviz.heads=1,x&p.seqviz.mapping=cubic&p.seqviz.zoom=9&p.seqviz.view=%00";
    expect(readPlace(search)).toEqual(START);
  });
});
