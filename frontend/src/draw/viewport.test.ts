import { expect, it } from "vitest";
import { panned, zoomed } from "./viewport";

const room = { width: 800, height: 600 };

it("keeps what is under the pointer when zoomed", () => {
  const before = { zoom: 1, x: 100, y: 100 };
  const limits = { least: 0.5, most: 3 };
  const after = zoomed(before, room, limits, 2, 700, 50);
  const under = ({ zoom, x, y }: typeof before) => [x + (700 - 400) / zoom, y + (50 - 300) / zoom];
  expect(under(after)).toEqual(under(before));
  expect([zoomed(before, room, limits, 1e9).zoom, zoomed(before, room, limits, 0).zoom]).toEqual([3, 0.5]);
  expect(zoomed(before, room, limits, 2)).toEqual({ zoom: 2, x: 100, y: 100 });
});

it("cannot be lost", () => {
  const drawing = { left: -5, top: 0, width: 50, height: 50 };
  expect(panned({ zoom: 1, x: 10, y: 10 }, drawing, 500, -500)).toEqual({ zoom: 1, x: -5, y: 50 });
});
