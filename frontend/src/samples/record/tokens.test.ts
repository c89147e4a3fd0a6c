import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../testing/frames";
import { decodeFrame, type Frame, FrameError } from "../../wire/frame";
import type { SampleHeader, SamplesHeader } from "../../wire/schema.gen";
import { alternativesOf, readHeader, stretchesOf, tokensOf, treeOf } from "./tokens";

const sample: SampleHeader = {
  tokens: 3,
  first: 2,
  blob: 1,
  alternatives: 2,
  tree: 3,
  attention: "",
  first_query: 0,
  notes: [],
};
const header: SamplesHeader = {
  version: 1,
  kind: "samples",
  record: 1,
  samples: [sample],
  vocabulary: ["a", "b", "🙂", "\ufffd", ""],
  notes: [],
  remarks: [],
};
const frame = (shapes: Record<string, number[]>, arrays: Parameters<typeof encodeFrame>[2]): Frame =>
  decodeFrame(encodeFrame(null, shapes, arrays));

/** High bytes, then low ones, of codes. */
const codes = (...values: number[]) => Uint8Array.from([...values.map((v) => v >> 8), ...values.map((v) => v & 255)]);

describe("tokensOf", () => {
  const blob = frame(
    { token: [5], length: [5], probability: [2, 5], rank: [5] },
    {
      token: Uint16Array.of(0, 0, 1, 3, 2),
      length: Uint8Array.of(9, 9, 1, 0, 1),
      probability: codes(7, 7, 0, 65535, 1024),
      rank: Uint32Array.of(9, 9, 1, 0, 70_000),
    },
  );

  it("cuts out the sample and finds its stretches in UTF-16", () => {
    const tokens = tokensOf(header, sample, blob, "b🙂");
    expect(tokens.tokens).toEqual(["b", "\ufffd", "🙂"]);
    expect(tokens.stretches).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 1 },
      { start: 1, end: 3 },
    ]);
    expect([...tokens.probabilities]).toEqual([1, Number.NaN, 0.5]);
    expect(Array.from(tokens.ranks)).toEqual([1, 0, 70_000]);
  });

  it("refuses a header that promises more than there is", () => {
    expect(() => tokensOf(header, { ...sample, first: 4 }, blob, "b🙂")).toThrow(FrameError);
  });
});

it("never reaches past the end of a text", () => {
  expect(stretchesOf("ab", [1, 5, 1])).toEqual([
    { start: 0, end: 1 },
    { start: 1, end: 2 },
    { start: 2, end: 2 },
  ]);
});

it("reads the alternatives of one place, without what fills up", () => {
  const blob = frame(
    { token: [5, 2], probability: [2, 5, 2] },
    {
      token: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 4, 2, 0),
      probability: codes(0, 0, 0, 0, 0, 0, 1024, 65535, 1024, 2048),
    },
  );
  expect(alternativesOf(header, sample, blob, 1)).toEqual([{ token: "b", probability: 0.5 }]);
  expect(alternativesOf(header, sample, blob, 2)).toEqual([
    { token: "🙂", probability: 0.5 },
    { token: "a", probability: 0.25 },
  ]);
});

it("reads the tree of a beam search", () => {
  const blob = frame(
    { parent: [2], token: [2], probability: [2, 2], score: [2], best: [2], end: [2] },
    {
      parent: Int32Array.of(-1, 0),
      token: Uint8Array.of(0, 1),
      probability: codes(1024, 65535),
      score: Float32Array.of(-0.5, -1.5),
      best: Uint8Array.of(1, 0),
      end: Uint8Array.of(0, 1),
    },
  );
  expect(treeOf(header, blob)).toEqual([
    { parent: -1, token: "a", probability: 0.5, score: -0.5, best: true, end: false },
    { parent: 0, token: "b", probability: Number.NaN, score: -1.5, best: false, end: true },
  ]);
});

it("refuses the header of another kind", () => {
  expect(() => readHeader(decodeFrame(encodeFrame({ kind: "attention", layers: [] }, {}, {})))).toThrow(FrameError);
});
