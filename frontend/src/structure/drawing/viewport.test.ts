import { describe, expect, it } from "vitest";
import { apart } from "../layout/lineEnds";
import { atFirst, fitted, hasAll, revealing, showing } from "./viewport";

const room = { width: 800, height: 600 };

describe("the part of the drawing in sight", () => {
  it("is all of it when fitted, and enlarged a little", () => {
    expect(fitted({ width: 1552, height: 100 }, room)).toEqual({ zoom: 0.5, x: 776, y: 50 });
    expect(fitted({ width: 100, height: 100 }, room).zoom).toBe(2);
  });

  it("can be read at first, from the upper end", () => {
    const { zoom, y } = atFirst({ width: 400, height: 10_000 }, room);
    expect(zoom).toBe(0.8);
    expect(atFirst({ width: 4000, height: 10_000 }, room).zoom).toBe(0.6);
    expect(y - room.height / 2 / zoom).toBeLessThan(0);
    expect(atFirst({ width: 200, height: 150 }, room)).toEqual({ zoom: 2, x: 100, y: 75 });
  });

  it("moves no more than needed to show a box", () => {
    const viewport = { zoom: 1, x: 400, y: 300 };
    expect(revealing(viewport, room, { x: 100, y: 100, width: 50, height: 50 })).toEqual(viewport);
    expect(revealing(viewport, room, { x: 900, y: 100, width: 50, height: 50 })).toEqual({ zoom: 1, x: 562, y: 300 });
  });

  it("becomes smaller to show a group, as long as that can be read", () => {
    const viewport = { zoom: 1, x: 400, y: 300 };
    expect(showing(viewport, room, { x: 100, y: 100, width: 50, height: 50 })).toEqual(viewport);
    const box = { x: 0, y: 0, width: 300, height: 1152 };
    const { zoom, y } = showing(viewport, room, box);
    expect([zoom, y]).toEqual([0.5, 576]);
    expect(hasAll({ zoom, x: 150, y }, box, room)).toBe(true);
    expect(hasAll(viewport, box, room)).toBe(false);
    const long = showing(viewport, room, { ...box, height: 5000 });
    expect([long.zoom, long.x, long.y]).toEqual([1, 150, 288]);
    const wide = showing(viewport, room, { ...box, width: 9000 });
    expect([wide.zoom, wide.x]).toEqual([0.4, 4500]);
  });
});

it("sets ends apart within a side", () => {
  expect(apart([50], 0, 100)).toEqual([50]);
  expect(apart([50, 50], 0, 100)).toEqual([50, 64]);
  expect(apart([-20, 200], 0, 100)).toEqual([0, 100]);
  expect(apart([100, 100, 100], 0, 10)).toEqual([0, 5, 10]);
});
