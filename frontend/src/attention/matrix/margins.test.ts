import { describe, expect, test } from "vitest";
import { matrixMargins, roomInside } from "./margins";

const container = { width: 800, height: 600 };
const counts = { queries: 10, keys: 25 };
const words = Array(25).fill("attention");

describe("matrixMargins", () => {
  test("rotated labels get the height of the longest word", () => {
    expect(matrixMargins(container, counts, 50, words, Array(25).fill(52))).toMatchObject({ left: 60, top: 78 });
  });
  test("short words lie flat", () => {
    expect(matrixMargins(container, counts, 50, Array(25).fill("東"), Array(25).fill(11))).toMatchObject({ top: 36 });
  });
  test("what is said at any zoom has room below, however many lines it has", () => {
    const bottoms = [0, 32, 48].map((said) => matrixMargins(container, counts, 50, words, [], said).bottom);
    expect(bottoms).toEqual([4, 38, 54]);
  });
  test("a token without end does not push the data away", () => {
    const { left, top } = matrixMargins(container, counts, 9000, words, Array(25).fill(9000));
    expect(left).toBe(160);
    expect(top).toBe(148);
    expect(matrixMargins({ width: 200, height: 100 }, counts, 9000, words, Array(25).fill(9000))).toMatchObject({
      left: 60,
      top: 51,
    });
  });
});

test("roomInside is never empty", () => {
  const margins = { left: 60, top: 60, bottom: 20, right: 12 };
  expect(roomInside(container, counts, margins)).toEqual({ queries: 10, keys: 25, width: 728, height: 520 });
  expect(roomInside({ width: 0, height: 0 }, counts, margins)).toMatchObject({ width: 1, height: 1 });
});
