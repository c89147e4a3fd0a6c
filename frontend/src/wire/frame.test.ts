import { describe, expect, it } from "vitest";
import { encodeFrame } from "../testing/frames";
import { arrayOf, decodeFrame, FrameError } from "./frame";

describe("decodeFrame", () => {
  const weights = Uint8Array.from([0, 64, 128, 255]);
  const scale = Float32Array.from([0.5, 1]);
  const steps = BigInt64Array.from([3n, 7_000_000_000n]);

  it("gives back the header and every array", () => {
    const frame = decodeFrame(encodeFrame({ kind: "attention" }, { scale: [2], steps: [2] }, { scale, steps }));
    expect(frame.header).toEqual({ kind: "attention" });
    expect(arrayOf(frame, "scale", Float32Array)).toMatchObject({ shape: [2], data: scale });
    expect(arrayOf(frame, "steps", BigInt64Array).data).toEqual(steps);
  });

  it("views the buffer instead of copying it", () => {
    const buffer = encodeFrame(null, { weights: [2, 2], scale: [2] }, { scale, weights });
    const frame = decodeFrame(buffer);
    expect(arrayOf(frame, "scale", Float32Array).data.buffer).toBe(buffer);
    expect(arrayOf(frame, "weights", Uint8Array).data.buffer).toBe(buffer);
  });

  it("copies the one array that does not lie at a multiple of its item size", () => {
    const buffer = encodeFrame(null, { odd: [1], scale: [2] }, { odd: Uint8Array.of(9), scale });
    const frame = decodeFrame(buffer);
    expect(arrayOf(frame, "scale", Float32Array).data).toEqual(scale);
    expect(arrayOf(frame, "scale", Float32Array).data.buffer).not.toBe(buffer);
    expect(arrayOf(frame, "odd", Uint8Array).data.buffer).toBe(buffer);
  });

  it("keeps text in the header as it is, line separators and lone surrogates included", () => {
    const header = { title: "</script> \u2028 \u202e 日本 🙂" };
    expect(decodeFrame(encodeFrame(header, {}, {})).header).toEqual(header);
  });

  it.each([
    ["nothing", new ArrayBuffer(0), "0 bytes"],
    ["a header longer than the bytes", new BigUint64Array([99n]).buffer, "cut off"],
    ["a header that is not JSON", new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 65, 66]).buffer, "not JSON"],
  ])("refuses %s", (_, buffer, message) => {
    expect(() => decodeFrame(buffer)).toThrow(FrameError);
    expect(() => decodeFrame(buffer)).toThrow(message);
  });

  it("refuses arrays that reach past the end", () => {
    const buffer = encodeFrame(null, { weights: [2, 2] }, { weights });
    expect(() => decodeFrame(buffer.slice(0, -1))).toThrow('"weights" of shape [2,2]');
  });

  it.each([[[-2, -2]], [[0, 2 ** 40]], [[4.5]], [[2 ** 60, 0]], [["4"]], [[2, 2, 1, 4]]])(
    "refuses the shape %j, which cannot be",
    (shape) => {
      const frame = () => decodeFrame(encodeFrame(null, { weights: shape as number[] }, { weights }));
      expect(frame).toThrow(FrameError);
    },
  );

  it("names an array of other sizes", () => {
    const frame = decodeFrame(encodeFrame(null, { weights: [2, 2] }, { weights }));
    expect(arrayOf(frame, "weights", Uint8Array, [2, null]).shape).toEqual([2, 2]);
    expect(() => arrayOf(frame, "weights", Uint8Array, [4])).toThrow('"weights" of shape [2,2]; expected [4]');
    expect(() => arrayOf(frame, "weights", Uint8Array, [null, 3])).toThrow("expected [any,3]");
  });

  it("reads JSON however deep it is nested, or refuses it", () => {
    const deep = new TextEncoder().encode("[".repeat(500_000) + "]".repeat(500_000));
    const bytes = new Uint8Array(8 + deep.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(deep.length), true);
    bytes.set(deep, 8);
    expect(() => decodeFrame(bytes.buffer)).toThrow(FrameError);
  });

  it("names the array that is missing or of another type", () => {
    const frame = decodeFrame(encodeFrame(null, { weights: [4] }, { weights }));
    expect(() => arrayOf(frame, "scale", Float32Array)).toThrow('no "scale"');
    expect(() => arrayOf(frame, "weights", Float32Array)).toThrow('"weights" as Uint8Array');
  });
});
