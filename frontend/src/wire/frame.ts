/** A frame's bytes to named arrays: the safetensors layout, see `tb_seqviz_plugin/schema.py`. */

import { HEADER_KEY } from "./schema.gen";

export type FrameData = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | BigInt64Array;

/** One array of a frame: row-major `data` with `shape`. */
export interface FrameArray<Data extends FrameData = FrameData> {
  shape: number[];
  data: Data;
}

/** A decoded frame; its arrays are views on `buffer`. */
export interface Frame {
  /** The JSON of `__metadata__.seqviz`, undefined where the frame has none. */
  header: unknown;
  arrays: ReadonlyMap<string, FrameArray>;
  buffer: ArrayBuffer;
}

/** The bytes are not a frame; the message says what was found and what was expected. */
export class FrameError extends Error {}

/** No frame is larger once it is expanded, see `tb_seqviz_plugin/wire/frame.py`. */
export const MOST_FRAME_BYTES = 2 ** 29;

const LENGTH_BYTES = 8;

/** Decodes a frame without copying its arrays. */
export function decodeFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < LENGTH_BYTES) {
    throw new FrameError(`A frame of ${buffer.byteLength} bytes; expected at least ${LENGTH_BYTES}.`);
  }
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  const start = LENGTH_BYTES + headerLength;
  if (start > buffer.byteLength) {
    throw new FrameError(`A frame of ${buffer.byteLength} bytes whose header claims ${headerLength}; it is cut off.`);
  }
  const entries = parseHeader(new Uint8Array(buffer, LENGTH_BYTES, headerLength));
  const arrays = new Map<string, FrameArray>();
  let header: unknown;
  for (const [name, entry] of Object.entries(entries)) {
    if (name === "__metadata__") header = parseMetadata(entry);
    else arrays.set(name, readArray(buffer, start, name, entry));
  }
  return { header, arrays, buffer };
}

/** The sizes that an array must have; null for any. */
export type Sizes = readonly (number | null)[];

/** Returns the array `name` of a frame, or throws if it is not there with that type and those sizes. */
export function arrayOf<Data extends FrameData>(
  frame: Frame,
  name: string,
  type: { readonly name: string; new (length: number): Data },
  sizes?: Sizes,
): FrameArray<Data> {
  const array = frame.arrays.get(name);
  if (!array) throw new FrameError(`The frame has no "${name}"; expected ${type.name}.`);
  const { shape, data } = array;
  if (data instanceof type) return { shape: withSizes(name, shape, sizes), data };
  throw new FrameError(`The frame has "${name}" as ${data.constructor.name}; expected ${type.name}.`);
}

/** Returns an array of whole numbers, which are stored as narrow as they fit. */
export function wholeNumbers(
  frame: Frame,
  name: string,
  sizes?: Sizes,
): FrameArray<Uint8Array | Uint16Array | Uint32Array> {
  const array = frame.arrays.get(name);
  const data = array?.data;
  if (array && (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array))
    return { shape: withSizes(name, array.shape, sizes), data };
  throw new FrameError(`The frame has no whole numbers "${name}".`);
}

function withSizes(name: string, shape: number[], sizes: Sizes = shape): number[] {
  if (shape.length === sizes.length && sizes.every((size, axis) => size === null || size === shape[axis])) return shape;
  throw new FrameError(
    `The frame has "${name}" of shape [${shape}]; expected [${sizes.map((size) => size ?? "any")}].`,
  );
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new FrameError("The header of the frame is not JSON; the bytes are damaged or are not a frame.");
  }
  if (!isObject(parsed)) throw new FrameError("The header of the frame is not a JSON object.");
  return parsed;
}

function parseMetadata(entry: unknown): unknown {
  const text = isObject(entry) ? entry[HEADER_KEY] : undefined;
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new FrameError(`The frame's "${HEADER_KEY}" header is not JSON; the bytes are damaged.`);
  }
}

function readArray(buffer: ArrayBuffer, start: number, name: string, entry: unknown): FrameArray {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (!isNumbers(shape) || !isNumbers(offsets) || offsets.length !== 2) {
    throw new FrameError(`The array "${name}" has no shape or no data_offsets.`);
  }
  const [from, to] = offsets as [number, number];
  const count = shape.reduce((product, size) => product * size, 1);
  // Where one size is 0 the others claim what they like.
  const fits = shape.every((size) => size >= 0 && size <= buffer.byteLength);
  const slice = (bytesEach: number) => {
    if (!fits || to - from !== count * bytesEach || from < 0 || start + to > buffer.byteLength) {
      throw new FrameError(`The array "${name}" of shape [${shape}] lies at bytes ${from} to ${to}; that cannot be.`);
    }
    // A typed array must start at a multiple of its item size; only a producer that does not align needs the copy.
    const aligned = (start + from) % bytesEach === 0;
    return aligned
      ? ([buffer, start + from, count] as const)
      : ([buffer.slice(start + from, start + to), 0, count] as const);
  };
  switch (dtype) {
    case "U8":
      return { shape, data: new Uint8Array(...slice(1)) };
    case "U16":
      return { shape, data: new Uint16Array(...slice(2)) };
    case "U32":
      return { shape, data: new Uint32Array(...slice(4)) };
    case "I32":
      return { shape, data: new Int32Array(...slice(4)) };
    case "F32":
      return { shape, data: new Float32Array(...slice(4)) };
    case "I64":
      return { shape, data: new BigInt64Array(...slice(8)) };
    default:
      throw new FrameError(
        // What is nested deep has no name: to write it out would exceed the stack.
        `The array "${name}" has the type ${typeof dtype === "string" ? dtype : typeof dtype}; expected U8, U16, U32, I32, F32 or I64.`,
      );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item));
}
