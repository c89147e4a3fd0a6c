/** How many lines texts take up, before they are drawn. */

// Of the page's font at 13 px: Latin letters as they come in texts, and East Asian characters and emoji.
const NARROW = 6.8;
const WIDE = 13;
const WIDE_CHARACTERS =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;

/** Returns about how many lines the longest of the texts takes up in `width` pixels: 1 to `most`. */
export function mostLines(texts: Iterable<string>, width: number, most: number): number {
  let found = 1;
  for (const text of texts) {
    if (text.length * WIDE <= width && !text.includes("\n")) continue;
    found = Math.max(found, linesOf(text, width, most));
    if (found === most) break;
  }
  return found;
}

function linesOf(text: string, width: number, most: number): number {
  let lines = 0;
  for (const line of text.split("\n")) {
    lines++;
    let used = 0;
    for (const word of line.split(/(?<=\s)/)) {
      const needed = widthOf(word.trimEnd());
      if (used > 0 && used + needed > width) {
        lines++;
        used = 0;
      }
      // A word that is longer than a line is broken.
      const broken = Math.max(0, Math.ceil((used + needed) / width) - 1);
      lines += broken;
      used += widthOf(word) - broken * width;
      if (lines >= most) return most;
    }
  }
  return lines;
}

function widthOf(text: string): number {
  const wide = text.match(WIDE_CHARACTERS)?.join("").length ?? 0;
  return wide * WIDE + (text.length - wide) * NARROW;
}
