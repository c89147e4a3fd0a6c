import { expect, test } from "vitest";
import { shortNames } from "./shortNames";

const short = (...names: string[]) => [...shortNames(names).values()];

test("what all share at both ends is left out, in whole words", () => {
  expect(short("sweep/2026-01-02_lr=0.01/seqviz", "sweep/2026-01-03_lr=0.01/seqviz")).toEqual(["02", "03"]);
  expect(short("sweep/lr=0.01/seqviz", "sweep/lr=0.1/seqviz")).toEqual(["lr=0.01", "lr=0.1"]);
  expect(short("gru/seqviz", "transformer/seqviz")).toEqual(["gru", "transformer"]);
  expect(short("run00", "run01")).toEqual(["run00", "run01"]);
});

test("of each something is left, and none becomes another", () => {
  expect(short("run/train", "run/train_2")).toEqual(["train", "train_2"]);
  expect(short("a/a", "a/a/a")).toEqual(["a", "a/a"]);
  expect(short("seqviz", "a/seqviz")).toEqual(["seqviz", "a/seqviz"]);
});

test("one alone loses the folder of the plugin only", () => {
  expect(short("sweep/alone/seqviz")).toEqual(["sweep/alone"]);
  expect(short("seqviz")).toEqual(["seqviz"]);
  expect(short()).toEqual([]);
});
