/** The reverse of `tb_seqviz_plugin/server/onefile/packing.py`: 15 bits from each unit of UTF-16 text, from U+4000 on. */

const FIRST_UNIT = 0x4000;
const UNITS = 8;
const BYTES = 15;
const SIZE_BYTES = 8;

/** Returns the bytes that a text stands for. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((text.length / UNITS) * BYTES);
  const unit = (at: number) => text.charCodeAt(at) - FIRST_UNIT;
  for (let from = 0, to = 0; from < text.length; from += UNITS, to += BYTES) {
    const [a, b, c, d] = [unit(from), unit(from + 1), unit(from + 2), unit(from + 3)];
    const [e, f, g, h] = [unit(from + 4), unit(from + 5), unit(from + 6), unit(from + 7)];
    bytes[to] = a >> 7;
    bytes[to + 1] = (a << 1) | (b >> 14);
    bytes[to + 2] = b >> 6;
    bytes[to + 3] = (b << 2) | (c >> 13);
    bytes[to + 4] = c >> 5;
    bytes[to + 5] = (c << 3) | (d >> 12);
    bytes[to + 6] = d >> 4;
    bytes[to + 7] = (d << 4) | (e >> 11);
    bytes[to + 8] = e >> 3;
    bytes[to + 9] = (e << 5) | (f >> 10);
    bytes[to + 10] = f >> 2;
    bytes[to + 11] = (f << 6) | (g >> 9);
    bytes[to + 12] = g >> 1;
    bytes[to + 13] = (g << 7) | (h >> 8);
    bytes[to + 14] = h;
  }
  const size = Number(new DataView(bytes.buffer).getBigUint64(0));
  return bytes.subarray(SIZE_BYTES, SIZE_BYTES + size);
}
