import { expect, test } from "vitest";
import { laterSteps } from "./lineSteps";

const STEPS = Array.from({ length: 14 }, (_, at) => 10 * at);

test("steps are added as far apart as those before", () => {
  expect(laterSteps([0, 30, 60, 90], STEPS, 9)).toEqual([120]);
  expect(laterSteps([0, 30, 60], STEPS, 1)).toEqual([90]);
  expect(laterSteps([0, 30, 60, 90, 120], STEPS, 9)).toEqual([]);
  // Evenly spread ones are not always equally far apart.
  expect(laterSteps([0, 20, 50, 70], STEPS, 9)).toEqual([90, 110, 130]);
});

test("to a line that begins every step is added", () => {
  expect(laterSteps([110], STEPS, 9)).toEqual([120, 130]);
});
