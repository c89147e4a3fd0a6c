/** Frames for tests, written byte by byte so that the decoder is not its own judge. */

import type { FrameData } from "../wire/frame";

const TYPE_NAMES = new Map<unknown, string>([
  [Uint8Array, "U8"],
  [Uint16Array, "U16"],
  [Uint32Array, "U32"],
  [Int32Array, "I32"],
  [Float32Array, "F32"],
  [BigInt64Array, "I64"],
]);

/** Returns a frame with `header` under `__metadata__` (none for null) and the arrays in the order of `arrays`. */
export function encodeFrame(
  header: unknown,
  shapes: Record<string, number[]>,
  arrays: Record<string, FrameData>,
): ArrayBuffer {
  const entries: Record<string, unknown> = header === null ? {} : { __metadata__: { seqviz: JSON.stringify(header) } };
  let end = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const dtype = TYPE_NAMES.get(array.constructor);
    entries[name] = { dtype, shape: shapes[name], data_offsets: [end, end + array.byteLength] };
    end += array.byteLength;
  }
  const unpadded = new TextEncoder().encode(JSON.stringify(entries));
  const headerLength = Math.ceil(unpadded.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(unpadded, 8);
  let at = 8 + headerLength;
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes.buffer;
}

/** Returns a frame as it is stored: compressed. */
export async function storedFrame(
  header: object,
  shapes: Record<string, number[]> = {},
  arrays: Record<string, FrameData> = {},
): Promise<Uint8Array> {
  const stream = new Blob([encodeFrame(header, shapes, arrays)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Returns where each of several frames ends that lie one after the other. */
export function endsOf(frames: readonly Uint8Array[]): BigInt64Array {
  let end = 0;
  return BigInt64Array.from(frames, ({ length }) => {
    end += length;
    return BigInt(end);
  });
}
