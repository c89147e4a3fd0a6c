import { expect, it } from "vitest";
import { float32, int64, type NpyArray, npy, texts } from "./npy";

async function bytesOf(array: NpyArray): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const part of npy(array)) parts.push(...part);
  return Uint8Array.from(parts);
}

it("a file begins with what is in it, and its data lie at a multiple of 64", async () => {
  const bytes = await bytesOf(float32([2, 1], [1, Number.NaN]));
  expect(String.fromCharCode(...bytes.subarray(1, 6))).toBe("NUMPY");
  expect([...bytes.subarray(0, 10)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  const header = String.fromCharCode(...bytes.subarray(10, 128));
  expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1,), }");
  expect(header.endsWith(" \n")).toBe(true);
  expect(new Float32Array(bytes.slice(128).buffer)).toEqual(Float32Array.of(1, Number.NaN));
});

it("numbers, texts and a single value have the types that NumPy calls them by", async () => {
  const whole = await bytesOf(int64([], [-3]));
  expect(String.fromCharCode(...whole.subarray(10, 70))).toContain("'<i8', 'fortran_order': False, 'shape': ()");
  expect(new BigInt64Array(whole.slice(128).buffer)).toEqual(BigInt64Array.of(-3n));
  const some = await bytesOf(texts([3], ["", "é👍", "\ud83d"]));
  expect(String.fromCharCode(...some.subarray(10, 70))).toContain("'<U2'");
  expect([...new Uint32Array(some.slice(128).buffer)]).toEqual([0, 0, 0xe9, 0x1f44d, 0xd83d, 0]);
});
