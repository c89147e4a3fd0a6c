import { expect, it } from "vitest";
import { FrameError } from "./frame";
import { gunzip, readAll } from "./gunzip";

/** Gzip that holds so many zeros. */
async function bomb(size: number): Promise<ReadableStream<Uint8Array>> {
  const packed = new Response(new Uint8Array(size)).body?.pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  return new Response(bytes).body?.pipeThrough(new DecompressionStream("gzip")) as ReadableStream<Uint8Array>;
}

it("expands what was compressed", async () => {
  const packed = new Response("日本".repeat(50_000)).body?.pipeThrough(new CompressionStream("gzip"));
  const whole = await gunzip(new Uint8Array(await new Response(packed).arrayBuffer()));
  expect(new TextDecoder().decode(whole)).toBe("日本".repeat(50_000));
});

it("ends where there is more than a frame may have", async () => {
  expect((await readAll(await bomb(1 << 20), 1 << 20)).byteLength).toBe(1 << 20);
  await expect(readAll(await bomb((1 << 20) + 1), 1 << 20)).rejects.toThrow(FrameError);
  await expect(readAll(await bomb(1 << 22), 1 << 20)).rejects.toThrow("more than the 1048576 bytes");
});

it("refuses what is no gzip", async () => {
  await expect(gunzip(new Uint8Array(9))).rejects.toThrow();
});
