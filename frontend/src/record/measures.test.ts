import { describe, expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../testing";
import { decodeFrame, FrameError } from "../wire/frame";
import { encodeFrame } from "../wire/testing";
import { chooseFocus, type Measures, measureLine, measuresAt, readMeasures } from "./measures";

const names = ["entropy", "peak", "distance", "first"];

/** Measures of one step from [entropy, first] of each head. */
function measuresOf(...heads: [entropy: number, first: number][]): Measures {
  const values = Float32Array.from(heads.flatMap(([entropy, first]) => [entropy, 0, 0, first]));
  return { steps: [5], names, heads: heads.length, values };
}

describe("readMeasures", () => {
  const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, place) => place);
  const steps = BigInt64Array.of(1n, 8n);

  it("reads a line of one measure of one head", () => {
    const measures = readMeasures(
      decodeFrame(encodeFrame({ names }, { steps: [2], values: [2, 3, 4] }, { steps, values })),
    );
    expect(measures.steps).toEqual([1, 8]);
    expect(measureLine(measures, 1, "distance")).toEqual(Float32Array.of(6, 18));
    expect(measureLine(measures, 3, "distance")).toBeNull();
    expect(measuresAt(measures, 8, 2)).toEqual([
      ["entropy", 20],
      ["peak", 21],
      ["distance", 22],
      ["first", 23],
    ]);
    expect(measuresAt(measures, 2, 0)).toEqual([]);
  });

  it("refuses arrays that do not fit each other", () => {
    const frame = decodeFrame(
      encodeFrame({ names: ["entropy"] }, { steps: [2], values: [2, 3, 4] }, { steps, values }),
    );
    expect(() => readMeasures(frame)).toThrow(FrameError);
  });
});

describe("chooseFocus", () => {
  const self = layerHeader({ role: "encoder self", heads: 2 });
  const cross = layerHeader({ role: "cross", heads: 2 });

  it("prefers cross attention, and there the head that looks at the fewest keys", () => {
    const measures = measuresOf([0.01, 0], [0.2, 0], [0.9, 0], [0.4, 0]);
    expect(chooseFocus(attentionHeader([self, cross]), measures, 5)).toEqual({ layer: 1, head: 1 });
  });

  it("passes over a head that only looks at the first key", () => {
    expect(chooseFocus(attentionHeader([self]), measuresOf([0.05, 0.97], [0.7, 0.1]), 5)).toEqual({
      layer: 0,
      head: 1,
    });
  });

  it("passes over a layer with one key, whose weights are all 1", () => {
    const single = layerHeader({ role: "cross", heads: 1, keys: 1 });
    expect(chooseFocus(attentionHeader([single, self]), measuresOf([0, 1], [0.5, 0], [0.4, 0]), 5)).toEqual({
      layer: 1,
      head: 1,
    });
  });

  it("takes the first head where nothing is known, and nothing where there is nothing", () => {
    expect(chooseFocus(attentionHeader([self, cross]), null, 5)).toEqual({ layer: 1, head: 0 });
    expect(chooseFocus(attentionHeader([]), null, 5)).toEqual({ layer: -1, head: 0 });
  });
});
