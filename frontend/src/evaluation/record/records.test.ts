import { expect, it } from "vitest";
import type { BlobAddress } from "../../host/api";
import { withoutBrowser } from "../../testing/withoutBrowser";
import type { Choosing } from "../choosing";
import { Records } from "./records.svelte";

withoutBrowser();

/** Returns which records are asked for at a step where run b is compared with a. */
function askedAt(step: number): string[] {
  const asked: string[] = [];
  const keep = (wanted: () => readonly BlobAddress[]) =>
    asked.push(...wanted().map(({ run, step, index }) => `${run} ${step} ${index}`));
  const track = (run: string, steps: number[]) => ({
    info: { run, tag: "evaluation/set" },
    steps: { steps, wall_times: steps },
  });
  const session = { step, b: { run: "b" }, runB: "b", steps: [5, 10, 20], indexB: -1 };
  const tracks = [track("a", [5, 10]), track("b", [10, 20])];
  const evaluation = {
    session,
    tracks,
    panel: "curves",
    run: "a",
    tablesOfA: [{ run: "a" }],
    blobs: { get: () => null, keep },
  };
  new Records(evaluation as unknown as Choosing);
  return asked;
}

it("are the latest by a step, and none of a run that was not evaluated by then", () => {
  expect(askedAt(5)).toEqual(["a 5 0"]);
  expect(askedAt(10)).toEqual(["a 10 0", "b 10 0"]);
  expect(askedAt(20)).toEqual(["a 10 0", "b 20 0"]);
});
