import { expect, it } from "vitest";
import { encodeFrame } from "./encodeFrame";
import { decodeFrame } from "./frame";

it("a frame reads back", () => {
  const arrays = {
    odd: { shape: [3], data: Uint8Array.of(1, 2, 255) },
    value: { shape: [1, 2], data: Float32Array.of(0.5, Number.NaN) },
    steps: { shape: [2], data: BigInt64Array.of(-1n, 7n) },
    row: { shape: [1], data: Int32Array.of(-1) },
  };
  const frame = decodeFrame(encodeFrame(arrays, { metric: "cosine" }).buffer);
  expect(frame.header).toEqual({ metric: "cosine" });
  expect(Object.fromEntries(frame.arrays)).toEqual(arrays);
});
