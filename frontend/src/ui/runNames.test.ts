import { expect, test } from "vitest";
import { sharedBeginnings } from "./runNames";

function cut(...runs: string[]): string[] {
  const shared = sharedBeginnings(runs);
  return runs.map((run) => `${run.slice(0, shared.get(run))}|${run.slice(shared.get(run))}`);
}

test("what is shared with the most similar name ends at a word", () => {
  expect(cut("sweep/2026-01-02_lr=0.01", "one", "sweep/2026-01-03_lr=0.01", "sweep/2025")).toEqual([
    "sweep/2026-01-|02_lr=0.01",
    "|one",
    "sweep/2026-01-|03_lr=0.01",
    "sweep/|2025",
  ]);
});
test("a name that another begins with, and one alone", () => {
  expect(cut("run/train", "run/train_2")).toEqual(["run/|train", "run/|train_2"]);
  expect(cut("alone/seqviz")).toEqual(["|alone/seqviz"]);
});
