/** Which tokens make up a word, found from the tokens alone. */

import { fromByteLevel, withBytes } from "./bytes";
import { isSpecial } from "./tokens";

/** How a token follows the one before: after a space, without one as another word, or as a part of the same word. */
export type Joint = "apart" | "beside" | "inside";

/** How a tokenizer marks where words begin, end, or go on. */
export interface Marking {
  /** What tokens of it look like. */
  shows: RegExp;
  /** The mark itself, no part of the text of a word. */
  mark: RegExp;
  goesOn(before: string, token: string): boolean;
}

/** A text is marked by the first that one of its tokens shows. */
const MARKINGS: readonly Marking[] = [
  { shows: /^ \S/u, mark: /^ /u, goesOn: (_, token) => !token.startsWith(" ") },
  { shows: /\S $/u, mark: / $/u, goesOn: (before) => !before.endsWith(" ") },
  { shows: /^##./u, mark: /^##(?=.)/u, goesOn: (_, token) => /^##./u.test(token) },
  { shows: /.@@$/u, mark: /@@$/u, goesOn: (before) => /.@@$/u.test(before) },
  { shows: /.<\/w>$/u, mark: /<\/w>$/u, goesOn: (before) => !before.endsWith("</w>") },
];
/** A text of single characters, the spaces among them. */
const CHARACTERS: Marking = {
  shows: /^ $/u,
  mark: /(?!)/u,
  goesOn: (before, token) => before !== " " && token !== " ",
};
const ONE_CHARACTER = /^\P{M}\p{M}*$/u;

const WHITE = /^(?:\s{2,}|[^\S ])$/u;
/** What stands for something, such as [UNK] or <extra_id_0>, but for a byte. */
const PLACEHOLDER = /^ ?(?:\[[^[\]\s]+\]|<(?!0x[0-9A-F]{2}>)[^<>\s]+>)$/u;
/** Words by themselves: punctuation, and scripts without spaces, of whose words tokens say nothing. */
const ALONE =
  /^[\p{P}\p{S}]+$|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LETTER_LAST = /\p{L}$/u;
const LETTER_FIRST = /^\p{L}/u;
const BYTE_LAST = /<0x[0-9A-F]{2}>$/u;
/** Of a byte within a character. */
const BYTE_FIRST = /^<0x[89AB][0-9A-F]>/u;

/** Returns how each token follows the one before by the marks of parts of words; "apart" where there are none. */
export function jointsOf(tokens: readonly string[]): Joint[] {
  const spelled = spelledOut(tokens);
  return joined(spelled, markingOf(spelled));
}

/** What is known of the words of a text. */
export interface Parts {
  /** Tokens with spaces and bytes as what they stand for. */
  spelled: readonly string[];
  marking: Marking | null;
  /** "inside" also within words of single characters. */
  joints: readonly Joint[];
}

const MOST_KNOWN = 16;
/** Texts stay from step to step. */
const known = new Map<string, Parts | null>();

/** Returns it; null where no word has several tokens, so that there is nothing to merge. */
export function partsOfWords(tokens: readonly string[]): Parts | null {
  const name = tokens.join("\0");
  let parts = known.get(name);
  if (parts === undefined) {
    const spelled = spelledOut(tokens);
    const marking = markingOf(spelled) ?? (isOfCharacters(spelled) ? CHARACTERS : null);
    const joints = joined(spelled, marking);
    parts = joints.includes("inside") ? { spelled, marking, joints } : null;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, parts);
  }
  return parts;
}

function joined(spelled: readonly string[], marking: Marking | null): Joint[] {
  const isWithin = spelled.map((token, at) => BYTE_FIRST.test(token) && BYTE_LAST.test(spelled[at - 1] ?? ""));
  const standsAlone = (at: number): boolean => {
    const token = spelled[at] ?? "";
    // That of "don't".
    const isLink =
      /^['’]$/u.test(token) && LETTER_LAST.test(spelled[at - 1] ?? "") && LETTER_FIRST.test(spelled[at + 1] ?? "");
    if (isLink) return false;
    const rest = isWithin.indexOf(false, at + 1);
    const character = spelled.slice(isWithin.lastIndexOf(false, at), rest < 0 ? undefined : rest).join("");
    return ALONE.test(withBytes(marking ? character.replace(marking.mark, "") : character));
  };
  const known: boolean[] = [];
  // Of most texts, which have no marks, nobody asks it.
  const isAlone = (at: number) => (known[at] ??= standsAlone(at));
  return spelled.map((token, at) => {
    const before = spelled[at - 1];
    if (before === undefined || standsApart(before) || standsApart(token)) return "apart";
    if (isWithin[at]) return "inside";
    if (!marking?.goesOn(before, token)) return "apart";
    return isAlone(at) || isAlone(at - 1) ? "beside" : "inside";
  });
}

function spelledOut(tokens: readonly string[]): string[] {
  const isByteLevel = tokens.some((token) => token.startsWith("Ġ"));
  return tokens.map((token) => {
    if (isSpecial(token)) return token;
    const text = token.replaceAll("▁", " ");
    return withBytes(isByteLevel ? fromByteLevel(text) : text);
  });
}

function markingOf(spelled: readonly string[]): Marking | null {
  const telling = spelled.filter((token) => !standsApart(token));
  return MARKINGS.find(({ shows }) => telling.some((token) => shows.test(token))) ?? null;
}

function isOfCharacters(spelled: readonly string[]): boolean {
  const telling = spelled.filter((token) => !standsApart(token));
  return telling.includes(" ") && telling.every((token) => ONE_CHARACTER.test(token));
}

/** What is neither a part of a word nor has one. */
export function standsApart(token: string): boolean {
  return isSpecial(token) || isSpecial(token.replace(/^ (?=.)/u, "")) || PLACEHOLDER.test(token) || WHITE.test(token);
}
