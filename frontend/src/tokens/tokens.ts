/** How tokens are shown: readable, harmless, and never invisible. */

import { common } from "../language/common";

export interface DisplayedToken {
  /** Shown faintly before the text: "·" for the start of a word, "##" for its continuation, else "". */
  mark: string;
  text: string;
  /** The whole token with everything invisible spelled out. */
  title: string;
  kind: "word" | "subword" | "space" | "control" | "special" | "empty";
}

const LONGEST_TEXT = 120;
const LONGEST_TITLE = 1000;

// Cc control, Cf format (bidi overrides, zero width), Co private, Cs lone surrogate, Cn unassigned, Zl/Zp separators.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;
/** Most tokens are nothing but this. */
const VISIBLE_ASCII = /^[ -~]*$/;
const WORD_START = /^(?:[Ġ▁]| (?=[^ ]))/u;
const ONLY_SPACE = /^[\p{Zs}Ġ▁]+$/u;
const JOINERS = new Set(["\u200c", "\u200d"]);
const PICTURES: Record<string, string> = { "\n": "↵", "\t": "⇥", Ċ: "↵", ĉ: "⇥" };

/** What to draw for a token. */
export function displayToken(token: string): DisplayedToken {
  const title = token === "" ? common.EMPTY_TOKEN : shorten(spell(token), LONGEST_TITLE);
  const plain = (text: string, kind: DisplayedToken["kind"], mark = ""): DisplayedToken => ({
    mark,
    text: shorten(text, LONGEST_TEXT),
    title,
    kind,
  });
  if (token === "") return plain("∅", "empty");
  if (isSpecial(token)) return plain(spell(token), "special");
  if (ONLY_SPACE.test(token)) return plain("␣".repeat([...token].length), "space");
  if (token.startsWith("##") && token.length > 2) return plain(spell(token.slice(2)), "subword", "##");
  const isWordStart = WORD_START.test(token);
  const text = isWordStart ? token.slice(1) : token;
  const kind = [...text].every((character) => INVISIBLE.test(character) || character in PICTURES) ? "control" : "word";
  return plain(spell(text), kind, isWordStart ? "·" : "");
}

/** Makes every character visible and none of them powerful: pictures for line breaks and tabs, escapes for the rest. */
function spell(token: string): string {
  if (VISIBLE_ASCII.test(token)) return token;
  const characters = [...token];
  let spelled = /^\p{M}/u.test(token) ? "◌" : "";
  characters.forEach((character, i) => {
    // Joiners are part of emoji and of several scripts, but only between two visible characters.
    const joins =
      JOINERS.has(character) &&
      isVisible(characters[i - 1]) &&
      isVisible(characters[i + 1]) &&
      i < characters.length - 1;
    spelled += joins ? character : visible(character);
  });
  return spelled;
}

function isVisible(character: string | undefined): boolean {
  return character !== undefined && !INVISIBLE.test(character);
}

function visible(character: string): string {
  const picture = PICTURES[character];
  if (picture !== undefined) return picture;
  if (!INVISIBLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${[...text.slice(0, length)].slice(0, -1).join("")}…`;
}

const PADDING_NAME = "pad|padding|null|nul";
// Not among them: what stands for content, such as [UNK], [MASK] and <extra_id_0>.
const SPECIAL_NAME = `${PADDING_NAME}|bos|eos|sos|eot|eod|go|s|start|end|stop|cls|sep|unused\\d+|(?:start|end|begin)_of_\\w+`;
const bracketed = (names: string) => new RegExp(`^(?:\\[(?:${names})\\]|<\\|?/?(?:${names})\\|?>)$`, "iu");
const PADDING = bracketed(PADDING_NAME);
const SPECIAL = bracketed(SPECIAL_NAME);
const PIPED = /^<[|｜][^\s<>]{1,64}[|｜]>$/u;

export function isPadding(token: string): boolean {
  return token === "" || PADDING.test(token);
}

/** Whether a token marks a place (start, end, separator, padding) rather than standing for content. */
export function isSpecial(token: string): boolean {
  return isPadding(token) || SPECIAL.test(token) || PIPED.test(token);
}

export const HIDINGS = ["padding", "special", "nothing"] as const;
/** What is left out: the padding at either end, all tokens that stand for no content, or nothing. */
export type Hiding = (typeof HIDINGS)[number];

/** The positions to draw. Where hiding would leave nothing, nothing is hidden. */
export function shownPositions(tokens: string[], hide: Hiding): number[] {
  const all = tokens.map((_, position) => position);
  if (hide === "nothing") return all;
  const isHidden = hide === "special" ? isSpecial : isPadding;
  const first = all.find((position) => !isHidden(tokens[position] as string));
  const last = all.findLast((position) => !isHidden(tokens[position] as string));
  if (first === undefined || last === undefined) return all;
  const content = all.slice(first, last + 1);
  return hide === "special" ? content.filter((position) => !isSpecial(tokens[position] as string)) : content;
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether a line of these tokens is read from right to left: most tokens with letters are. */
export function isRightToLeft(tokens: string[]): boolean {
  const letters = tokens.filter((token) => !isSpecial(token) && /\p{L}/u.test(token));
  return letters.filter((token) => RIGHT_TO_LEFT.test(token)).length * 2 > letters.length;
}
