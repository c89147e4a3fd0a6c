/** Tokens that are bytes of characters: as "<0xE4>", or in the alphabet of byte-level vocabularies such as that of GPT-2. */

const NOT_PRINTED = [...range(0, 0x21), ...range(0x7f, 0xa1), 0xad];
/** Bytes by the characters that stand for them: those that cannot be printed by the characters from 256 on. */
const BYTES = new Map([
  ...range(0, 256).map((byte) => [String.fromCharCode(byte), byte] as const),
  ...NOT_PRINTED.map((byte, at) => [String.fromCharCode(256 + at), byte] as const),
]);
const RUN = /(?:<0x[0-9A-F]{2}>)+/gu;
const PLAIN = /^[\x21-\x7e]*$/u;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns what a token of a byte-level vocabulary says: bytes of no whole character as "<0xE4>"; others with their spaces. */
export function fromByteLevel(token: string): string {
  if (PLAIN.test(token)) return token;
  const bytes = Array.from(token, (character) => BYTES.get(character) ?? -1);
  return bytes.includes(-1) ? token.replaceAll("Ġ", " ") : textOf(bytes);
}

/** Returns a text with the characters that its bytes "<0xE4>" make up. */
export function withBytes(text: string): string {
  if (!text.includes("<0x")) return text;
  return text.replace(RUN, (run) =>
    textOf(
      run
        .split(">")
        .slice(0, -1)
        .map((byte) => Number.parseInt(byte.slice(3), 16)),
    ),
  );
}

function textOf(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    try {
      text += utf8.decode(Uint8Array.from(bytes.slice(at, at + length)));
      at += length;
    } catch {
      text += `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
      at += 1;
    }
  }
  return text;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
