/** Arrays as NumPy stores them: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0. */

/** An array and its bytes, row by row; what is large comes in parts. */
export interface NpyArray {
  /** As NumPy writes types, such as "<f4". */
  descr: string;
  shape: readonly number[];
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const ALIGNMENT = 64;

export function float32(shape: readonly number[], values: ArrayLike<number>): NpyArray {
  return { descr: "<f4", shape, bytes: [float32Bytes(values)] };
}

/** Returns the bytes of float32, the lowest first whatever machine this is. */
export function float32Bytes(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at++) view.setFloat32(4 * at, values[at] as number, true);
  return bytes;
}

export function int64(shape: readonly number[], values: readonly number[]): NpyArray {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setBigInt64(8 * at, BigInt(value), true);
  return { descr: "<i8", shape, bytes: [bytes] };
}

/** Texts of one length in UTF-32, shorter ones filled up with zeros, which NumPy takes away again. */
export function texts(shape: readonly number[], values: readonly string[]): NpyArray {
  const points = values.map((text) => Array.from(text, (character) => character.codePointAt(0) as number));
  const longest = Math.max(1, ...points.map(({ length }) => length));
  const bytes = new Uint8Array(4 * longest * values.length);
  const view = new DataView(bytes.buffer);
  for (const [row, text] of points.entries())
    for (const [at, point] of text.entries()) view.setUint32(4 * (row * longest + at), point, true);
  return { descr: `<U${longest}`, shape, bytes: [bytes] };
}

/** Yields the bytes of a file that holds one array. */
export async function* npy({ descr, shape, bytes }: NpyArray): AsyncGenerator<Uint8Array> {
  const axes = shape.map((length) => `${length},`).join(" ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const before = 10; // the magic string, the version and the length of the header
  const padded = ALIGNMENT * Math.ceil((before + header.length + 1) / ALIGNMENT) - before;
  const text = `${header.padEnd(padded - 1)}\n`;
  const length = String.fromCharCode(padded & 255, padded >> 8);
  yield Uint8Array.from(`\x93NUMPY\x01\x00${length}${text}`, (character) => character.charCodeAt(0));
  yield* bytes;
}
