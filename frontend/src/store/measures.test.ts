import { describe, expect, it } from "vitest";
import { encodeFrame } from "../testing/frames";
import { decodeFrame, FrameError } from "../wire/frame";
import { measureLine, measuresAt, rangeOf, readMeasures } from "./measures";

const names = ["entropy", "peak", "distance", "first"];

describe("readMeasures", () => {
  const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, index) => index);
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

it("a measure keeps its scale over all rows, between 0 and 1 at least", () => {
  const values = Float32Array.of(0.2, -3, 0.5, Number.NaN, 0.1, 1);
  const measures = { steps: [0], names: ["share", "free"], rows: 3, layers: [], values };
  expect([rangeOf(measures, "share"), rangeOf(measures, "free"), rangeOf(measures, "none")]).toEqual([
    [0, 1],
    [-3, 1],
    [0, 1],
  ]);
});
