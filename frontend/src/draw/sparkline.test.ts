import { describe, expect, test } from "vitest";
import { sparkline, stepX } from "./sparkline";

describe("sparkline", () => {
  test("runs from the first step at the left to the last at the right, 1 on top", () => {
    expect(sparkline([0, 0.5, 1], 100, 20)).toEqual([0, 20, 50, 10, 100, 0]);
  });
  test("one step is a point in the middle", () => {
    expect(sparkline([1], 100, 20)).toEqual([50, 0]);
    expect(stepX(0, 1, 100)).toBe(50);
  });
  test("breaks where a value is missing", () => {
    expect(sparkline([0, Number.NaN, 1], 100, 20)).toEqual([0, 20, Number.NaN, Number.NaN, 100, 0]);
  });
  test("keeps peaks among many steps, and few points", () => {
    const values = new Float32Array(3000).fill(0.5);
    values[1234] = 1;
    values[2345] = 0;
    values[17] = Number.NaN;
    const points = sparkline(values, 60, 20);
    expect(points.length).toBeLessThanOrEqual(4 * 60);
    const heights = points.filter((_, i) => i % 2 === 1);
    expect(heights).toContain(0);
    expect(heights).toContain(20);
    expect(heights).not.toContain(Number.NaN);
  });
  test("never leaves its box", () => {
    expect(sparkline([-3, 7], 10, 20)).toEqual([0, 20, 10, 0]);
  });
});
