import { describe, expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import type { ImageHeader } from "../../wire/schema.gen";
import { gridAlong, imagedBy, patchAt, positionAt, positionBeside } from "./grid";

const image: ImageHeader = { blob: 1, width: 24, height: 24, rows: 6, columns: 6, first: 1 };
const wide: ImageHeader = { ...image, width: 48, rows: 4, columns: 8, first: 0 };

describe("the grid of an axis", () => {
  it("is that of the image", () => {
    expect(gridAlong(image, 37)).toEqual({ rows: 6, columns: 6, first: 1 });
    expect(gridAlong(wide, 32)).toEqual({ rows: 4, columns: 8, first: 0 });
  });

  it("is of the same shape where patches were merged, with or without what comes before them", () => {
    expect(gridAlong(image, 10)).toEqual({ rows: 3, columns: 3, first: 1 });
    expect(gridAlong(image, 9)).toEqual({ rows: 3, columns: 3, first: 0 });
    expect(gridAlong(wide, 8)).toEqual({ rows: 2, columns: 4, first: 0 });
  });

  it("is none of other numbers", () => {
    for (const length of [1, 2, 20, 36 + 5, 38]) expect(gridAlong(image, length)).toBeNull();
    expect(gridAlong(wide, 16)).toBeNull();
  });
});

describe("what of a layer lies on the image", () => {
  const header = (...layers: Parameters<typeof layerHeader>[0][]) => ({
    ...attentionHeader(layers.map(layerHeader)),
    axes: { caption: Array.from({ length: 37 }, (_, at) => `word${at}`), patches: ["[added]", "0", "1"] },
    images: [image],
  });
  const of = (...layers: Parameters<typeof layerHeader>[0][]) => {
    const made = header(...layers);
    const [layer] = made.layers;
    return layer ? imagedBy(made, layer) : null;
  };

  it("is both sides of a vision Transformer", () => {
    const found = of({ queries: 37, keys: 37 });
    expect([found?.queries?.first, found?.keys?.rows]).toEqual([1, 6]);
  });

  it("is nothing of words over words, be they as many", () => {
    expect(
      of({ queries: 37, keys: 37, query_axis: "caption", key_axis: "caption" }, { queries: 37, keys: 37 }),
    ).toBeNull();
  });

  it("is the patches that somebody has given names", () => {
    expect(of({ queries: 37, keys: 37, query_axis: "caption", key_axis: "caption" })?.keys?.rows).toBe(6);
  });

  it("is said of bare positions that do not fit, and of blocks", () => {
    expect(of({ queries: 20, keys: 20 })).toEqual({ image, queries: null, keys: null });
    expect(of({ queries: 37, keys: 37, pooled: [2, 2] })).toEqual({ image, queries: null, keys: null });
  });

  it("is nothing without an image", () => {
    const made = { ...header({ queries: 37, keys: 37 }), images: [] };
    expect(imagedBy(made, made.layers[0] as (typeof made.layers)[0])).toBeNull();
  });
});

describe("patches", () => {
  const grid = { rows: 2, columns: 3, first: 1 };

  it("have a row and a column", () => {
    expect(patchAt(grid, 0)).toBeNull();
    expect(patchAt(grid, 1)).toEqual({ row: 0, column: 0 });
    expect(patchAt(grid, 6)).toEqual({ row: 1, column: 2 });
    expect(patchAt(grid, 7)).toBeNull();
  });

  it("are found under the pointer, to the last pixel", () => {
    expect([positionAt(grid, 0, 0), positionAt(grid, 0.99, 0.99), positionAt(grid, 1, 1.2)]).toEqual([1, 6, 6]);
  });

  it("are left by arrows, as far as the image goes", () => {
    expect(positionBeside(grid, null, "ArrowRight")).toBe(1);
    expect(positionBeside(grid, 0, "ArrowRight")).toBe(1);
    expect(positionBeside(grid, 1, "ArrowRight")).toBe(2);
    expect(positionBeside(grid, 1, "ArrowDown")).toBe(4);
    expect(positionBeside(grid, 1, "ArrowUp")).toBe(1);
    expect(positionBeside(grid, 6, "ArrowRight")).toBe(6);
    expect(positionBeside(grid, 6, "Enter")).toBeNull();
  });
});
