/** Words instead of the tokens that they are made of. */

import { withBytes } from "./bytes";
import { partsOfWords, standsApart } from "./words";

/** A word: its text, and the tokens [from, to) that it is made of. */
export interface Word {
  text: string;
  from: number;
  to: number;
}

/** Returns the words of a text, which hold each token once, in order; null where there is nothing to merge. */
export function wordsOf(tokens: readonly string[]): Word[] | null {
  const parts = partsOfWords(tokens);
  if (!parts) return null;
  const { spelled, marking, joints } = parts;
  const words: Word[] = [];
  joints.forEach((joint, at) => {
    const token = spelled[at] ?? "";
    // A mark with nothing behind it is a space.
    const text = (marking && !standsApart(token) && token.replace(marking.mark, "")) || token;
    const last = words.at(-1);
    if (!last || joint !== "inside") words.push({ text, from: at, to: at + 1 });
    else Object.assign(last, { text: (last.text === " " ? "" : last.text) + text, to: at + 1 });
  });
  return words.map(({ text, from, to }) => ({ text: withBytes(text), from, to }));
}
