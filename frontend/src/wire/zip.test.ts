import { expect, it } from "vitest";
import { crc32, zip } from "./zip";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

async function* parts(...texts: string[]) {
  for (const text of texts) yield bytes(text);
}

it("checks are those of CRC-32, in one part or in several", () => {
  expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
  expect(crc32(bytes("56789"), crc32(bytes("1234")))).toBe(0xcbf43926);
});

it("an archive says where each file lies, and holds it compressed", async () => {
  const data = new DataView(
    await (
      await zip([
        { name: "a.npy", bytes: parts("one ", "two") },
        { name: "b", bytes: parts() },
      ])
    ).arrayBuffer(),
  );
  const end = data.byteLength - 22;
  expect(data.getUint32(end, true)).toBe(0x06054b50);
  expect(data.getUint16(end + 10, true)).toBe(2);
  const central = data.getUint32(end + 16, true);
  expect(data.getUint32(central, true)).toBe(0x02014b50);
  expect(data.getUint32(central + 16, true)).toBe(crc32(bytes("one two")));
  const size = data.getUint32(central + 20, true);
  expect(data.getUint32(central + 24, true)).toBe(7);
  expect(data.getUint32(0, true)).toBe(0x04034b50);
  const compressed = new Blob([data.buffer.slice(30 + 5, 30 + 5 + size)]);
  const inflated = compressed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  expect(await new Response(inflated).text()).toBe("one two");
  // The second begins where the first ends.
  const second = central + 46 + 5;
  expect(data.getUint32(second + 42, true)).toBe(30 + 5 + size);
});

it("what fails while it is read fails the whole", async () => {
  async function* broken() {
    yield bytes("some");
    throw new Error("the blob is damaged");
  }
  await expect(zip([{ name: "a", bytes: broken() }])).rejects.toThrow("the blob is damaged");
});
