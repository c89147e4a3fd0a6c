import { expect, it } from "vitest";
import { encodeFrame } from "../../testing/frames";
import { withoutBrowser } from "../../testing/withoutBrowser";
import { decodeFrame } from "../../wire/frame";
import type { EvaluationState } from "../state.svelte";
import { madeSetup } from "../testing";
import { FigureReader } from "./figureReader.svelte";

withoutBrowser();

const header = {
  version: 1,
  kind: "evaluation",
  record: 1,
  evaluated: 2,
  curves: [],
  confusion: ["all"],
  figures: 1,
  notes: [],
};
const matrix = encodeFrame(null, { "confusion.0": [2, 2] }, { "confusion.0": Uint8Array.of(3, 1, 0, 2) });

/** A record whose blobs these are, of a cat and a dog. */
function readerOf(...blobs: ArrayBuffer[]): FigureReader {
  return sideOf("a", ["cat", "dog"], ...blobs);
}

/** The record of A or B; `classes`: those of B. */
function sideOf(side: "a" | "b", classes: string[], ...blobs: ArrayBuffer[]): FigureReader {
  const frames = blobs.map((blob) => decodeFrame(blob));
  const evaluation = {
    addressOf: () => ({ run: "a", tag: "evaluation/set", step: 1, written: 1 }),
    blobs: { get: ({ index }: { index: number }) => frames[index] ?? null, want: () => () => undefined },
    row: null,
    setup: madeSetup({ inputs: [], references: [], classes: ["cat", "dog"], slices: { all: [] } }),
    examples: { setupB: madeSetup({ inputs: [], references: [], classes, slices: { all: [] } }) },
  };
  return new FigureReader(() => evaluation as unknown as EvaluationState, side);
}

it("reads the confusion matrix of a record", () => {
  const reader = readerOf(encodeFrame(header, {}, {}), matrix);
  expect(reader.failure).toBeNull();
  expect(Array.from(reader.confusion?.counts ?? [])).toEqual([3, 1, 0, 2]);
});

it("says what is damaged, and not that nothing was logged", () => {
  const lessThanSaid = readerOf(encodeFrame(header, {}, {}), encodeFrame(null, {}, {}));
  expect(lessThanSaid.confusion).toBeNull();
  expect(lessThanSaid.failure?.message).toContain("confusion.0");
  const curve = { by: "position", measure: "accuracy", slice: "all", mode: "" };
  expect(readerOf(encodeFrame({ ...header, curves: [curve] }, {}, {}), matrix).failure?.message).toContain("0.x");
  expect(readerOf(encodeFrame({ ...header, evaluated: "many" }, {}, {}), matrix).failure?.message).toContain("many");
});

it("compares with the confusion matrix of B only where that is of the same classes", () => {
  const record = [encodeFrame(header, {}, {}), matrix];
  expect(sideOf("b", ["cat", "dog"], ...record).confusion?.slice).toBe("all");
  expect(sideOf("b", ["dog", "cat"], ...record).confusion).toBeNull();
  expect(sideOf("b", ["cat"], ...record).failure).toBeNull();
});
