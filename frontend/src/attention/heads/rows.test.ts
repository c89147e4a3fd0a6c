import { describe, expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { attentionHeader, layerHeader } from "../../testing/records";
import type { Alarm } from "../../wire/schema.gen";
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
  const rows = headRows(header, measures, 2, 0, [alarm]);

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
    const alarmsAt = (at: number) => headRows(header, measures, at, -1, [alarm]).map(({ alarms }) => alarms.length);
    expect([0, 1, 2].map(alarmsAt)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
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
    const [row] = headRows(header, { ...measures, rows: 4 }, 2, -1, []);
    expect([row?.pattern, row?.formed, row?.measured("first")]).toEqual([null, null, Number.NaN]);
  });
});
