/** How texts are set, and how many lines they take up before they are drawn. */

export interface Look {
  /** Of the letters and of a line, in pixels. */
  size: number;
  line: number;
}

export const BODY: Look = { size: 13, line: 20 };
export const READING: Look = { size: 15, line: 24 };
export const POEM: Look = { size: 18, line: 28 };

/** A text is cut after so many lines, unless only one would be left out. */
export const MOST_LINES = 12;

// East Asian characters and emoji.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;
/** Widths of letters as shares of their size. */
const NARROW = 0.52;
/** As many characters tell of what kind a text is. */
const TELLING = 60;
/** Of lines of verse, in East Asian characters. */
const LONGEST_VERSE = 16;

/** Returns about how many lines a text takes up in `width` pixels. */
export function estimateLines(text: string, width: number, { size }: Look): number {
  const each = size * (NARROW + (1 - NARROW) * wideShare(text));
  return text.split("\n").reduce((lines, line) => lines + Math.max(1, Math.ceil((line.length * each) / width)), 0);
}

/** Returns how many lines of a text are left out; 0 where it is shown whole. */
export function linesLeftOut(lines: number): number {
  return lines > MOST_LINES + 1 ? lines - MOST_LINES : 0;
}

/** Whether texts are short lines of East Asian characters, which are read one by one. */
export function areVerses(texts: readonly string[]): boolean {
  const lines = texts.flatMap((text) => text.split(/[\n，。？！；、,.]/u)).filter((line) => line !== "");
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const share = texts.reduce((sum, text) => sum + wideShare(text), 0) / texts.length;
  return share > 0.5 && longest <= LONGEST_VERSE;
}

function wideShare(text: string): number {
  const start = text.slice(0, TELLING);
  return start.length === 0 ? 0 : (start.match(WIDE)?.length ?? 0) / start.length;
}
