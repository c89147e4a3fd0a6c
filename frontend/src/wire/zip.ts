/** ZIP archives: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3. The browser itself compresses. */

export interface ZipFile {
  /** Plain ASCII. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [VERSION, DEFLATED] = [20, 8];
/** 1 January 1980, the first day that there is: the same data are the same file. */
const DATE = 33;
const MOST_BYTES = 2 ** 32 - 1;

/** Returns an archive; only what is compressed is held, however large the files are. */
export async function zip(files: readonly ZipFile[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const central: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const { check, length, compressed } = await deflated(bytes);
    const about = [VERSION, 0, DEFLATED, 0, DATE, check, compressed.size, length, name.length, 0];
    const local = header([[4, LOCAL], ...widths(about)], name);
    central.push(
      header([[4, CENTRAL], [2, VERSION], ...widths(about), [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]], name),
    );
    parts.push(local, compressed);
    offset += local.length + compressed.size;
    if (Math.max(offset, length) > MOST_BYTES)
      throw new Error(`${name} makes the file larger than 4 GB, the most that it can be. Save fewer heads or JSON.`);
  }
  const size = central.reduce((sum, { length }) => sum + length, 0);
  const count = files.length;
  const end = header(
    [
      [4, END],
      [2, 0],
      [2, 0],
      [2, count],
      [2, count],
      [4, size],
      [4, offset],
      [2, 0],
    ],
    "",
  );
  return new Blob([...parts, ...central, end], { type: "application/zip" });
}

/** The fields that both headers of a file share, each with its bytes. */
function widths(values: readonly number[]): [number, number][] {
  return values.map((value, at) => [at >= 5 && at <= 7 ? 4 : 2, value]);
}

function header(fields: readonly (readonly [width: number, value: number])[], name: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, name.length));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  }
  for (const character of name) bytes[at++] = character.charCodeAt(0);
  return bytes;
}

async function deflated(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ check: number; length: number; compressed: Blob }> {
  const stream = new CompressionStream("deflate-raw");
  const compressed = new Response(stream.readable).blob();
  const writer = stream.writable.getWriter();
  let [check, length] = [0, 0];
  try {
    for await (const part of bytes) {
      check = crc32(part, check);
      length += part.length;
      await writer.write(part as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  } catch (error) {
    compressed.catch(() => undefined);
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
  return { check, length, compressed: await compressed };
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Returns the CRC-32 of bytes that follow others. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (let at = 0; at < bytes.length; at++)
    value = (TABLE[(value ^ (bytes[at] as number)) & 255] as number) ^ (value >>> 8);
  return ~value >>> 0;
}
