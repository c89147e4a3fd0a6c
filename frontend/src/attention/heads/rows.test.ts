import { describe, expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { attentionHeader, layerHeader } from "../../testing/records";
import type { Alarm, LayerHeader } from "../../wire/schema.gen";
import { countPatterns, headRows, inOrder } from "./rows";

const header = attentionHeader([
  layerHeader({ path: "decoder/cross", role: "cross", heads: 1 }),
  layerHeader({ path: "encoder/attention", role: "encoder self", heads: 2 }),
]);
const names = ["confidence", "previous", "first"];
/** By step and head; the cross layer, first in the record, is the last in the table. */
const values = [
  [0.2, 0.1, 0.1, 0.2, 0.1, 0.6, 0.3, 0.1, 0.1],
  [0.2, 0.1, 0.1, 0.9, 0.8, 0.1, 0.3, 0.1, 0.1],
  [0.2, 0.1, 0.1, 0.9, 0.9, 0.1, 0.9, 0.1, 0.7],
];
const measures: Measures = { steps: [0, 5, 9], names, rows: 3, layers: [], values: Float32Array.from(values.flat()) };
const alarm: Alarm = {
  kind: "collapsed",
  step: 5,
  layer: "encoder/attention",
  call: 0,
  head: 1,
  heads: [1],
  value: 1,
  tokens: [],
  text: "",
};

describe("the rows of heads", () => {
  const rows = headRows(header, measures, 2, { header, measures, at: 0 }, [alarm]);

  it("say what each does, and since when", () => {
    expect(rows.map(({ layer, head, pattern, patternB, formed }) => [layer, head, pattern, patternB, formed])).toEqual([
      [1, 0, "previous", "first", 5],
      [1, 1, "first", "mixed", 9],
      [0, 0, "mixed", "mixed", null],
    ]);
    expect(rows.map(({ alarms }) => alarms.length)).toEqual([0, 1, 0]);
    expect(rows[0]?.changeOf("previous")).toBeCloseTo(0.8, 6);
    expect(countPatterns(rows)).toEqual([
      ["previous", 1],
      ["first", 1],
      ["mixed", 1],
    ]);
  });

  it("have no alarm before it begins", () => {
    const alarmsAt = (at: number) => headRows(header, measures, at, null, [alarm]).map(({ alarms }) => alarms.length);
    expect([0, 1, 2].map(alarmsAt)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it("are compared with those of another run by the names of their layers", () => {
    const [cross, own] = header.layers as [LayerHeader, LayerHeader];
    const turned = { ...header, layers: [{ ...own, heads: 1 }, cross] };
    const of = [0.5, 0.25, 0.25, 0.9, 0.9, 0.1];
    const theirs = { ...measures, steps: [7], rows: 2, values: Float32Array.from(of) };
    const compared = headRows(header, measures, 2, { header: turned, measures: theirs, at: 0 }, []);
    expect(compared.map(({ layerB, patternB }) => [layerB, patternB])).toEqual([
      [0, "few"],
      [0, null],
      [1, "previous"],
    ]);
    const changes = compared.map((row) => row.changeOf("previous"));
    expect(changes[0]).toBeCloseTo(0.9 - 0.25, 6);
    expect(changes[1]).toBeNaN();
    expect(changes[2]).toBeCloseTo(0.1 - 0.9, 6);
  });

  it("come in order", () => {
    const heads = (order: Parameters<typeof inOrder>[1]) => inOrder(rows, order, "first").map(({ row }) => row);
    expect(heads("alarms")).toEqual([2, 1, 0]);
    expect(heads("formed")).toEqual([2, 1, 0]);
    expect(heads("change")).toEqual([2, 1, 0]);
    expect(heads("previous")).toEqual([1, 2, 0]);
    expect(heads("layer")).toEqual([1, 2, 0]);
  });

  it("of measures of other layers know nothing", () => {
    const [row] = headRows(header, { ...measures, rows: 4 }, 2, null, []);
    expect([row?.pattern, row?.formed, row?.measured("first")]).toEqual([null, null, Number.NaN]);
  });
});
