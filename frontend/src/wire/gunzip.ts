import { FrameError, MOST_FRAME_BYTES } from "./frame";

/** Deflate writes at most 258 bytes for 2 bits. */
const MOST_EXPANSION = 1032;

/** Returns what was compressed, or throws where the bytes are not gzip, or hold more than a frame may. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // A failure shows where the result is read.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  // Piece by piece takes several times as long.
  const isBounded = bytes.length * MOST_EXPANSION <= MOST_FRAME_BYTES;
  return isBounded ? new Response(stream.readable).arrayBuffer() : readAll(stream.readable);
}

/** Returns what comes of a stream; nothing of it is kept where it is more than a frame may hold. */
export async function readAll(stream: ReadableStream<Uint8Array>, most = MOST_FRAME_BYTES): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      reader.cancel().catch(() => undefined);
      throw new FrameError(`The server sends more than the ${most} bytes that a frame may have. The log is damaged.`);
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole.buffer;
}
