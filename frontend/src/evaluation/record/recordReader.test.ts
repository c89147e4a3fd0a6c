import { expect, it } from "vitest";
import { type BlobAddress, RequestFailure } from "../../host/api";
import type { Blobs } from "../../store/blobs.svelte";
import { encodeFrame } from "../../testing/frames";
import { withoutBrowser } from "../../testing/withoutBrowser";
import { decodeFrame } from "../../wire/frame";
import { RecordReader } from "./recordReader.svelte";

withoutBrowser();

const header = {
  version: 1,
  kind: "evaluation",
  record: 1,
  evaluated: 2,
  curves: [{ by: "position", measure: "accuracy", slice: "all", mode: "" }],
  confusion: [],
  figures: 1,
  notes: ["Two predictions are NaN."],
};
const half = Float32Array.of(0.5);
const curve = { "0.x": half, "0.value": half, "0.low": half, "0.high": half, "0.count": Uint8Array.of(7) };
const figures = encodeFrame(null, Object.fromEntries(Object.keys(curve).map((name) => [name, [1]])), curve);
const said = encodeFrame(header, {}, {});

/** The records of some runs, whose blobs these are; a failure is one of the server. */
function readerOf(runs: Record<string, (ArrayBuffer | RequestFailure)[]>, wantsFigures = true) {
  const asked: string[] = [];
  const blobs = {
    get: ({ run, index }: BlobAddress) => {
      const found = runs[run]?.[index] ?? null;
      return found instanceof ArrayBuffer ? decodeFrame(found) : found;
    },
    keep: (wanted: () => readonly BlobAddress[]) => {
      asked.push(...wanted().map(({ run, index }) => `${run} ${index}`));
    },
  };
  const addresses = Object.keys(runs).map((run) => ({ run, tag: "evaluation/set", step: 1, written: 1 }));
  const reader = new RecordReader(
    blobs as unknown as Blobs,
    () => addresses,
    () => wantsFigures,
  );
  return { reader, asked };
}

it("asks for what a record says of itself, and for its figures only where they are shown", () => {
  expect(readerOf({ a: [said, figures] }).asked).toEqual(["a 0", "a 1"]);
  const { reader, asked } = readerOf({ a: [said] }, false);
  expect(asked).toEqual(["a 0"]);
  expect(reader.records).toMatchObject([{ run: "a", header: { notes: ["Two predictions are NaN."] }, curves: [] }]);
});

it("reads the curves of every run", () => {
  const { reader } = readerOf({ a: [said, figures], b: [said, figures] });
  expect(reader.isThere).toBe(true);
  expect(reader.records.map(({ run, curves }) => [run, curves[0]?.value[0]])).toEqual([
    ["a", 0.5],
    ["b", 0.5],
  ]);
  expect(readerOf({ a: [said, figures], b: [said] }).reader.isThere).toBe(false);
  expect(readerOf({}).reader.isThere).toBe(false);
});

it("says of each run what is damaged or cannot be had; the others are there all the same", () => {
  const lie = encodeFrame({ ...header, evaluated: "many" }, {}, {});
  const less = encodeFrame(null, {}, {});
  const gone = new RequestFailure("gone", "no answer");
  const { reader } = readerOf({ a: [said, figures], b: [lie, figures], c: [said, less], d: [said, gone] });
  expect(reader.records.map(({ run }) => run)).toEqual(["a"]);
  expect([...reader.failures].map(([run, { message }]) => [run, message])).toEqual([
    ["b", expect.stringContaining("many")],
    ["c", expect.stringContaining("0.x")],
    ["d", "no answer"],
  ]);
});
