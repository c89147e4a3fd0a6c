import { expect, it } from "vitest";
import { hasOthers, placeParts } from "./names";

const series = ["attention", "structure"].map((kind) => {
  return { run: `of ${kind}`, tag: `${kind}/a`, kind, name: "a", last_step: 1, last_wall_time: 1 };
});

it("offers all runs of the log where another view alone has more", () => {
  expect(hasOthers(series, ["of structure"])).toBe(true);
  expect(hasOthers(series, ["of structure", "of attention"])).toBe(false);
  expect(hasOthers([], [])).toBe(false);
});

it("a picture is called by run, subject and step, and by what it is compared with", () => {
  const runNames = new Map([
    ["gru/seqviz", "gru"],
    ["transformer/seqviz", "transformer"],
  ]);
  const at = { runA: "gru/seqviz", runB: null, runNames, step: 300, b: null };
  expect(placeParts(at, ["decoder/cross", "head-3"])).toEqual(["gru", "decoder/cross", "head-3", "step-300"]);
  expect(placeParts({ ...at, runB: "gru/seqviz", b: { step: 100 } }, [])).toEqual(["gru", "step-300", "B-step-100"]);
  const run = "transformer/seqviz";
  expect(placeParts({ ...at, runB: run, b: { run } }, [])).toEqual(["gru", "transformer", "step-300"]);
  expect(placeParts({ ...at, runA: null, step: null }, [])).toEqual([]);
});
