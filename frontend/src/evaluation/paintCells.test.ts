import { expect, it } from "vitest";
import { pack, type Rgb } from "../draw/colour";
import { cellUnder, evenEdges, paintCells } from "./paintCells";

const [RED, BLUE]: Rgb[] = [
  [255, 0, 0],
  [0, 0, 255],
];

it("fills each cell, and leaves out those without a value", () => {
  const pixels = paintCells([RED as Rgb, null, null, BLUE as Rgb], [0, 2, 5], [0, 1, 3]);
  const [red, blue] = [pack(RED as Rgb), pack(BLUE as Rgb)];
  expect([...pixels]).toEqual([red, red, 0, 0, 0, 0, 0, blue, blue, blue, 0, 0, blue, blue, blue]);
});

it("leaves a gap between cells that are large enough", () => {
  const pixels = paintCells([RED as Rgb, RED as Rgb], [0, 8, 16], [0, 1]);
  expect([...pixels].map((pixel) => (pixel === 0 ? " " : "r")).join("")).toBe("rrrrrrr rrrrrrr ");
});

it("covers a length without a hole, and finds cells again", () => {
  const edges = evenEdges(3, 10);
  expect(edges).toEqual([0, 3, 7, 10]);
  expect([-1, 0, 2.9, 3, 9.9, 10].map((at) => cellUnder(edges, at))).toEqual([-1, 0, 0, 1, 2, -1]);
});
