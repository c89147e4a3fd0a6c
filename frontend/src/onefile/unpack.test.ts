import { expect, it } from "vitest";
import { unpack } from "./unpack";

/** The packing, bit by bit, as its description says. */
function pack(bytes: Uint8Array): string {
  const size = bytes.length.toString(2).padStart(64, "0");
  let bits = size + Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  bits = bits.padEnd(Math.ceil(bits.length / 120) * 120, "0");
  return bits.replace(/.{15}/g, (unit) => String.fromCharCode(0x4000 + Number.parseInt(unit, 2)));
}

it.each([0, 1, 6, 7, 8, 22, 23, 1000])("unpacks %i bytes", (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 97 + 200) & 255);
  expect(unpack(pack(bytes))).toEqual(bytes);
});
