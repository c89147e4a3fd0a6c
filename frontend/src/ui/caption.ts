/** What a word of a caption stands for: something chosen among others. */

import type { Sentence } from "../language/sentence";

export interface Option {
  key: string;
  text: string;
  /** What is measured of it, or a meaning. */
  note?: string;
  /** Colour of a dot before it. */
  colour?: string;
  /** Whether a rule parts it from those before. */
  isApart?: boolean;
}

export interface Word {
  /** As it stands in the caption. */
  text: string;
  /** What is chosen here, and by which keys. */
  heading: string;
  options: readonly Option[];
  /** Key of the option that is chosen; null: none of them. */
  chosen: string | null;
  choose(key: string): void;
}

const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}]+/u;

/** Parts of a sentence, each word with the punctuation that follows it: a line never begins with that. */
export type Held = { part: Sentence[number]; after: string };

export function held(parts: Sentence): Held[] {
  return parts.flatMap((part, index): Held[] => {
    const next = parts[index + 1];
    const isWord = typeof part !== "string";
    const after = isWord && typeof next === "string" ? (CLOSING.exec(next)?.[0] ?? "") : "";
    const before = index > 0 && typeof parts[index - 1] !== "string" && typeof part === "string";
    const own = before && typeof part === "string" ? part.replace(CLOSING, "") : part;
    return own === "" ? [] : [{ part: own, after }];
  });
}

/** Returns a word that chooses one of a few names. */
export function wordOf<Key extends string>(
  heading: string,
  keys: readonly Key[],
  names: Record<Key, string>,
  chosen: Key,
  choose: (key: Key) => void,
  notes: Partial<Record<Key, string>> = {},
): Word {
  return {
    text: names[chosen],
    heading,
    options: keys.map((key) => ({ key, text: names[key], ...(notes[key] ? { note: notes[key] } : {}) })),
    chosen,
    choose: (key) => choose(key as Key),
  };
}

/** Returns the option that a key leads to from another one, by its index; null for keys that lead nowhere. */
export function optionAfter(options: { readonly length: number }, index: number, key: string): number | null {
  const last = options.length - 1;
  if (last < 0) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return Math.max(0, index - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    case "PageDown":
      return Math.min(last, index + 10);
    case "PageUp":
      return Math.max(0, index - 10);
    default:
      return null;
  }
}

/** Returns the option that what was typed leads to: the next that begins with it, or has it within; null if none does. */
export function optionTyped(options: readonly Option[], from: number, typed: string): number | null {
  const text = typed.toLowerCase();
  const order = options.map((_, step) => (from + step) % options.length);
  const begins = order.find((index) => options[index]?.text.toLowerCase().startsWith(text));
  return begins ?? order.find((index) => options[index]?.text.toLowerCase().includes(text)) ?? null;
}

/** Returns where a popover is, in the window: below its word, within the window, no higher than there is room. */
export function popoverPlace(
  word: { left: number; top: number; bottom: number },
  width: number,
  window: { width: number; height: number },
): { left: number; top?: number; bottom?: number; most: number } {
  const EDGE = 8;
  const left = Math.max(EDGE, Math.min(word.left - EDGE, window.width - width - EDGE));
  const [below, above] = [window.height - word.bottom - 3 - EDGE, word.top - 3 - EDGE];
  return below >= 200 || below >= above
    ? { left, top: word.bottom + 3, most: below }
    : { left, bottom: window.height - word.top + 3, most: above };
}
