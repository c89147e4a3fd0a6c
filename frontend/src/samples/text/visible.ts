/** What is drawn for a text: nothing invisible has power over it, and every place stays where it is. */

const REPLACEMENT = "\ufffd";
const UNPRINTABLE = "\u2426";

// Controls but tab and line feed, what overrides the direction of writing, and halves of characters beyond 16 bits.
const DANGEROUS = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/**
 * Returns the text with pictures in place of what would not be seen: of the same length, so that places in it are those of the text. Half
 * a character shows as U+FFFD, as decoders show half a UTF-8 sequence. Of a text of white space only, the white space is shown.
 */
export function visibleText(text: string): string {
  const visible = text.replace(DANGEROUS, picture);
  return isBlank(text) ? visible.replace(/[^\S\n]/gu, (space) => (space === "\t" ? "⇥" : "␣")) : visible;
}

export function isBlank(text: string): boolean {
  return !/\S/u.test(text);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return REPLACEMENT;
  // Unicode has a picture for each of the ASCII controls.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : UNPRINTABLE;
}
