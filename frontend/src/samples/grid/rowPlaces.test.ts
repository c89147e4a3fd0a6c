import { describe, expect, it } from "vitest";
import { RowPlaces } from "./rowPlaces";

const rows = new RowPlaces([100, 50, 200, 50, 100, 100, 100, 100]);

it("knows where each row is", () => {
  expect([rows.count, rows.extent(250)]).toEqual([8, 850]);
  expect([rows.extent(300), rows.extent(220), rows.extent(900)]).toEqual([800, 820, 800]);
  expect([0, 1, 2, 8].map((index) => rows.topOf(index))).toEqual([0, 100, 150, 800]);
  expect([-5, 0, 99, 100, 349, 350, 5000].map((y) => rows.at(y))).toEqual([0, 0, 0, 1, 2, 3, 7]);
  expect(new RowPlaces([]).window(0, 100)).toEqual({ from: 0, to: 0 });
});

it("keeps rows in sight and a few more in the page", () => {
  expect(rows.window(0, 120)).toEqual({ from: 0, to: 4 });
  expect(rows.window(420, 150)).toEqual({ from: 2, to: 8 });
});

describe("reveals a row", () => {
  it.each([
    [4, 400, 400],
    [3, 400, 350],
    [4, 180, 350],
    [3, 100, 200],
    [7, 400, 600],
    [2, 0, 150],
    [0, 5, 0],
  ])("%i from %i: %i", (index, scrolled, to) => {
    expect(rows.reveal(index, scrolled, 200)).toBe(to);
  });
  it("that is too high by its beginning", () => {
    expect(rows.reveal(2, 0, 120)).toBe(150);
    expect(rows.reveal(2, 180, 120)).toBe(150);
  });
  it("and knows whether a part of it is in sight", () => {
    expect([0, 1, 2, 3].map((index) => rows.isInSight(index, 100, 60))).toEqual([false, true, true, false]);
  });
});

describe("a page", () => {
  it("down begins with the row that was cut", () => {
    expect(rows.pageBy(1, 0, 200)).toBe(150);
    expect(rows.pageBy(1, 150, 250)).toBe(400);
    expect(rows.pageBy(1, 550, 250)).toBe(600);
  });
  it("up ends before the row that was cut", () => {
    expect(rows.pageBy(-1, 400, 220)).toBe(350);
    expect(rows.pageBy(-1, 100, 220)).toBe(0);
  });
  it("goes on within a row that is higher than what is in sight", () => {
    expect(rows.pageBy(1, 150, 90)).toBe(240);
    expect(rows.pageBy(-1, 340, 90)).toBe(250);
  });
  it("reaches both ends from anywhere", () => {
    for (const sight of [60, 150, 300]) {
      let at = 0;
      for (let page = 0; page < 20; page++) at = rows.pageBy(1, at, sight);
      expect(at).toBe(rows.extent(sight) - sight);
      for (let page = 0; page < 20; page++) at = rows.pageBy(-1, at, sight);
      expect(at).toBe(0);
    }
  });
});

it("comes to rest at the beginning of a row that is near, and at the end", () => {
  expect([90, 110, 135, 200, 330, 590, 600].map((scrolled) => rows.rest(scrolled, 200))).toEqual([
    100, 100, 150, 200, 350, 600, 600,
  ]);
});
