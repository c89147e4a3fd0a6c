import { expect, test } from "vitest";
import { measureLine } from "./measureLine";

test("steps are where they are on the step bar, values between the least and the largest", () => {
  const line = measureLine([0, 10, 100], [2, 4, 3], 100, 20);
  expect(line).toMatchObject({ path: "M0.0 20.0h0L10.0 0.0L100.0 10.0", least: 2, most: 4 });
  expect(line.pointOf(1)).toEqual({ x: 10, y: 0 });
  expect([0, 4, 6, 54, 56, 100].map(line.indexAt)).toEqual([0, 0, 1, 1, 2, 2]);
});

test("what is not finite is a gap, a value between gaps a dot", () => {
  const line = measureLine([0, 1, 2, 3, 4], [Number.NaN, 1, Number.POSITIVE_INFINITY, 0, 1], 40, 10);
  expect(line.path).toBe("M10.0 0.0h0M30.0 10.0h0L40.0 0.0");
  expect([line.least, line.most, line.pointOf(2)]).toEqual([0, 1, null]);
});

test("a value that does not change is a line in the middle", () => {
  expect(measureLine([0, 5], [7, 7], 40, 10).path).toBe("M0.0 5.0h0L40.0 5.0");
});

test("one step, no value and no step at all", () => {
  expect(measureLine([5], [1], 40, 10).path).toBe("M20.0 5.0h0");
  expect(measureLine([5, 6], [Number.NaN, Number.NaN], 40, 10)).toMatchObject({ path: "", least: Number.NaN });
  const none = measureLine([], [], 40, 10);
  expect([none.path, none.indexAt(3), none.pointOf(-1)]).toEqual(["", -1, null]);
});

test("of more values than pixels no peak is lost", () => {
  const values = Float32Array.from({ length: 10_000 }, (_, i) => (i === 4321 ? 1 : 0));
  const steps = Array.from(values, (_, i) => i * 3);
  expect(measureLine(steps, values, 100, 10).path).toContain("L43.2 0.0");
});
