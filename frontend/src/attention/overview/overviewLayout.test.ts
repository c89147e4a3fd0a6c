import { describe, expect, test } from "vitest";
import type { OverviewRow } from "../types";
import { LABEL_WIDTH, rowLayout, thumbnailSide } from "./overviewLayout";

const layer = (rows: number, columns: number): OverviewRow => ({
  path: "decoder/attention",
  role: "cross",
  call: 0,
  thumbnails: [null, { rows, columns, levels: new Uint8Array(rows * columns) }],
  lines: [null, null],
  stepIndex: 0,
  note: "",
});

describe("thumbnailSide", () => {
  test("fills the width", () => {
    expect(thumbnailSide(LABEL_WIDTH + 16 * 68, 16)).toBe(60);
  });
  test("stays recognisable and modest", () => {
    expect(thumbnailSide(400, 64)).toBe(24);
    expect(thumbnailSide(2560, 2)).toBe(112);
    expect(thumbnailSide(0, 0)).toBe(24);
  });
});

describe("rowLayout", () => {
  test("keeps the proportions of the head", () => {
    expect(rowLayout(layer(10, 25), 100).thumbnail).toEqual({ width: 100, height: 40 });
    expect(rowLayout(layer(20, 10), 100).thumbnail).toEqual({ width: 50, height: 100 });
  });
  test("but never a thread", () => {
    expect(rowLayout(layer(1, 400), 100).thumbnail).toEqual({ width: 100, height: 25 });
  });
  test("all columns stand below each other, loaded or not", () => {
    expect(rowLayout(layer(20, 10), 100).pitch).toBe(108);
    expect(rowLayout({ ...layer(1, 1), thumbnails: [null] }, 60).thumbnail).toEqual({ width: 60, height: 60 });
  });
});
