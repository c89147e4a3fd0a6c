import { describe, expect, it } from "vitest";
import { findLoss, type ScalarPoint, saysEnough, scalarAt, valuesOver } from "./stepLines";

it("takes the latest value by each step", () => {
  expect([...valuesOver([0, 5, 10, 20], [5, 10], [1, 2])]).toEqual([Number.NaN, 1, 2, 2]);
  expect([...valuesOver([0], [], [])]).toEqual([Number.NaN]);
});

describe("a scalar at each record", () => {
  const points: ScalarPoint[] = [
    [100, 0, 8],
    [110, 1, 4],
    [120, 2, 2],
  ];
  it("is that of the same step where every record has one", () => {
    expect([...scalarAt(points, [0, 2], [999, 999])]).toEqual([8, 2]);
  });
  it("lies between those written before and after, where steps are counted otherwise", () => {
    expect([...scalarAt(points, [0, 16, 30], [95, 105, 115])]).toEqual([Number.NaN, 6, 3]);
    expect([...scalarAt(points, [64], [121])]).toEqual([Number.NaN]);
  });
});

it("a line that knows few records, or says the same of all, is not drawn unasked", () => {
  const line = (values: number[]) => ({ key: "loss", name: "loss", values });
  expect(saysEnough(line([3, 2, 1, Number.NaN]))).toBe(true);
  expect(saysEnough(line([3, 2, Number.NaN, Number.NaN, Number.NaN]))).toBe(false);
  expect(saysEnough(line([1, 1, 1, 1, 1, 1, 1, 1, 1]))).toBe(false);
});

describe("the loss of a run", () => {
  it("is found beside it, where Keras writes it", () => {
    const tags = { "a/train": { epoch_loss: {}, epoch_accuracy: {} }, "a/validation": { epoch_loss: {} } };
    expect(findLoss(tags, "a/seqviz")).toEqual({ run: "a/train", tag: "epoch_loss" });
    expect(findLoss({ train: { epoch_loss: {}, batch_loss: {} } }, "seqviz")).toEqual({
      run: "train",
      tag: "batch_loss",
    });
  });
  it("is its own, or that of the folder", () => {
    expect(findLoss({ "a/seqviz": { "Loss/val": {}, "model/loss": {} } }, "a/seqviz")).toEqual({
      run: "a/seqviz",
      tag: "model/loss",
    });
    expect(findLoss({ a: { loss: {} } }, "a/seqviz")).toEqual({ run: "a", tag: "loss" });
    expect(findLoss({ ".": { loss: {} } }, "seqviz")).toEqual({ run: ".", tag: "loss" });
  });
  it("is never that of held-out data, nor of another run", () => {
    expect(findLoss({ "a/validation": { epoch_loss: {} }, "b/train": { loss: {} } }, "a/seqviz")).toBeNull();
    expect(findLoss({ other: { loss: {} } }, "seqviz")).toBeNull();
  });
});
