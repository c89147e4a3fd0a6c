import { describe, expect, test } from "vitest";
import type { MatrixViewport } from "../types";
import {
  cellAt,
  cellSpan,
  fittedCell,
  highestZoom,
  matrixWindow,
  panBy,
  placeAt,
  type Room,
  reveal,
  zoomAround,
} from "./viewport";

const small: Room = { queries: 10, keys: 25, width: 800, height: 600 };
const large: Room = { queries: 4096, keys: 4096, width: 800, height: 600 };
const flat: Room = { queries: 8, keys: 2000, width: 800, height: 600 };

describe("fittedCell", () => {
  test("about square cells where the axes are alike, and square ones where there are many", () => {
    expect(fittedCell(small)).toEqual({ query: 32 * 1.15, key: 32 });
    expect(fittedCell({ ...small, height: 200 })).toEqual({ query: 20, key: 32 });
    expect(fittedCell(large)).toEqual({ query: 600 / 4096, key: 600 / 4096 });
  });
  test("never huge", () => {
    expect(fittedCell({ ...small, queries: 2, keys: 3 })).toEqual({ query: 120, key: 120 });
  });
  test("fills the room where the axes are not alike", () => {
    expect(fittedCell(flat)).toEqual({ query: 75, key: 0.4 });
  });
});

describe("matrixWindow", () => {
  test("the whole matrix by default", () => {
    const { queries, keys } = matrixWindow(small, null);
    expect(queries).toEqual({ cells: 10, cell: 32 * 1.15, start: 0, length: 368 });
    expect(keys).toEqual({ cells: 25, cell: 32, start: 0, length: 800 });
  });
  test("uses more of the room when zoomed", () => {
    expect(matrixWindow(small, { zoom: 2, query: 5, key: 5 }).queries.length).toBe(600);
  });
  test("stays inside the matrix, and below the largest cell", () => {
    const { queries, keys } = matrixWindow(flat, { zoom: 1e9, query: 1e9, key: -5 });
    expect(queries.cell).toBe(120);
    expect(keys.cell).toBe(120);
    expect(keys.start).toBe(0);
    expect(queries.start).toBe(3);
    expect(queries.length).toBe(600);
  });
});

describe("zoomAround", () => {
  test("keeps the point under the pointer", () => {
    const before = matrixWindow(large, null);
    const viewport = zoomAround(large, null, 6, 400, 300);
    const after = matrixWindow(large, viewport);
    expect(after.keys.start + 400 / after.keys.cell).toBeCloseTo(before.keys.start + 400 / before.keys.cell, 6);
    expect(after.queries.start + 300 / after.queries.cell).toBeCloseTo(300 / before.queries.cell, 6);
  });
  test("what is held comes back to the pointer once the matrix fills its room", () => {
    const wide = { queries: 400, keys: 400, width: 700, height: 360 };
    const pointer = { x: 150, y: 180 };
    const held = placeAt(matrixWindow(wide, null), pointer.x, pointer.y);
    let viewport: MatrixViewport | null = null;
    for (let turn = 0; turn < 12; turn++) viewport = zoomAround(wide, viewport, 1.35, pointer.x, pointer.y, held);
    const found = placeAt(matrixWindow(wide, viewport), pointer.x, pointer.y);
    expect(found.query).toBeCloseTo(held.query, 6);
    expect(found.key).toBeCloseTo(held.key, 6);
  });
  test("ends at the fitted drawing and at the largest cell", () => {
    expect(zoomAround(large, zoomAround(large, null, 4, 9, 9), 0.25, 500, 2)).toBeNull();
    expect(zoomAround(large, null, 1e9, 9, 9)?.zoom).toBe(highestZoom(large));
  });
});

describe("panBy", () => {
  test("moves with the hand and stops at the edge", () => {
    const viewport = { zoom: 8, query: 2000, key: 2000 };
    const cell = matrixWindow(large, viewport).keys.cell;
    expect(panBy(large, viewport, -10 * cell, 0)?.key).toBeCloseTo(2010);
    expect(matrixWindow(large, panBy(large, viewport, 1e9, -1e9)).keys.start).toBe(0);
  });
  test("the whole matrix has nowhere to go", () => {
    expect(panBy(large, null, 5, 5)).toBeNull();
  });
});

test("reveal moves only when it must", () => {
  const viewport = { zoom: 20, query: 2000, key: 2000 };
  expect(reveal(large, viewport, 2000, 2001)).toEqual(viewport);
  const { queries } = matrixWindow(large, reveal(large, viewport, 2500, 2000));
  expect(queries.start + queries.length / queries.cell).toBeCloseTo(2501);
});

test("cellAt and cellSpan are inverse", () => {
  const { keys } = matrixWindow(large, { zoom: 100, query: 2000, key: 2000 });
  for (const at of [0, 17, 400, 799]) {
    const cell = cellAt(keys, at) as number;
    const span = cellSpan(keys, cell) as { from: number; length: number };
    expect(at).toBeGreaterThanOrEqual(span.from - 1e-9);
    expect(at).toBeLessThan(span.from + span.length + 1e-9);
  }
  expect(cellAt(keys, 800)).toBeNull();
  expect(cellSpan(keys, 0)).toBeNull();
});
