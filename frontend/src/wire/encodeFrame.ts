/** Named arrays to a frame's bytes, not compressed: what `decodeFrame` reads. */

import type { FrameArray, FrameData } from "./frame";
import { HEADER_KEY } from "./schema.gen";

const TYPES = new Map<string, string>([
  ["Uint8Array", "U8"],
  ["Uint16Array", "U16"],
  ["Uint32Array", "U32"],
  ["Int32Array", "I32"],
  ["Float32Array", "F32"],
  ["BigInt64Array", "I64"],
]);
const ALIGNED = 8;

export function encodeFrame(
  arrays: Readonly<Record<string, FrameArray<FrameData>>>,
  header?: unknown,
): Uint8Array<ArrayBuffer> {
  const entries: Record<string, unknown> =
    header === undefined ? {} : { __metadata__: { [HEADER_KEY]: JSON.stringify(header) } };
  // The widest items first, so that each array begins at a multiple of its own.
  const ordered = Object.entries(arrays).sort(
    ([, one], [, other]) => other.data.BYTES_PER_ELEMENT - one.data.BYTES_PER_ELEMENT,
  );
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    entries[name] = {
      dtype: TYPES.get(data.constructor.name),
      shape,
      data_offsets: [end, end + data.byteLength],
    };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const length = Math.ceil(text.length / ALIGNED) * ALIGNED;
  const bytes = new Uint8Array(ALIGNED + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, ALIGNED, ALIGNED + length);
  bytes.set(text, ALIGNED);
  let at = ALIGNED + length;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
