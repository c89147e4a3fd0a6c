/** Setting tokens as readable lines: pure. Sizes are CSS pixels. */

import type { DisplayedToken } from "../../tokens/tokens";
import type { Joint } from "../../tokens/words";

/** A token of a sentence. */
export interface SetToken {
  x: number;
  width: number;
  line: number;
  /** Whether it goes on with the word before it. */
  isContinuation: boolean;
}

export interface Flow {
  tokens: readonly SetToken[];
  lines: number;
  width: number;
}

/** What is set: the tokens of one side, how each follows the one before, and how wide each is in letters of one pixel. */
export interface Text {
  tokens: readonly DisplayedToken[];
  joints: readonly Joint[];
  unitWidths: readonly number[];
}

/** The sizes of letters that a sentence may have, the largest first. */
const SIZES = [44, 36, 30, 26, 22, 18, 16, 15, 14, 13] as const;
const LEAST_SIZE = 13;
/** From these widths of the field on there are larger ones than 26: the widest is looked at from afar. */
const [WIDE, WIDEST] = [1100, 2000];
/** Where no size fits into one line. */
const WRAPPED = 15;
const WRAPPED_NARROW = 13;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const PUNCTUATION = /^[.,;:!?，。、；：！？)\]”’»]$/u;
/** A short text is spread, by at most this many letters between two tokens, until it fills this share of the width. */
const MOST_SPREAD = 2;
const SPREAD_BELOW = 0.8;
const SPREAD_TO = 0.96;

/** Sets tokens in lines no wider than `width`; several lines are made alike in length. */
export function flow(text: Text, width: number, size: number, spread = 0): Flow {
  const { tokens, joints, unitWidths } = text;
  const hasWords = tokens.some(({ text }) => [...text].length > 1);
  const space = size * (tokens.some(({ text }) => CJK.test(text)) ? 0.5 : 0.4);
  const gaps = tokens.map((token, index) => {
    if (index === 0) return 0;
    if (joints[index] !== "apart") return 1;
    return (hasWords && PUNCTUATION.test(token.text) ? 0.45 * space : space) + spread;
  });
  const set = (limit: number): Flow => {
    let end = 0;
    let line = 0;
    let widest = 0;
    const placed = tokens.map((_, index) => {
      // One that is wider than the room is cut.
      const own = Math.min(width, (unitWidths[index] as number) * size);
      let x = end + (gaps[index] as number);
      if (x + own > limit && end > 0) {
        line++;
        x = 0;
      }
      end = x + own;
      widest = Math.max(widest, end);
      return { x, width: own, line, isContinuation: joints[index] !== "apart" };
    });
    return { tokens: placed, lines: line + 1, width: widest };
  };
  const first = set(width);
  if (first.lines === 1) return first;
  // The narrowest width with as many lines: they are alike then.
  let [low, high] = [0, width];
  while (high - low > 4) {
    const middle = (low + high) / 2;
    if (set(middle).lines <= first.lines) high = middle;
    else low = middle;
  }
  return set(high);
}

function rowHeight(size: number): number {
  return Math.round(size * 1.7);
}

export interface FittedText {
  size: number;
  flows: readonly Flow[];
}

/**
 * Sets several texts in the largest size in which each fits into one line; short ones are spread, long ones wrap. `height`: room for the
 * letters of all of them.
 */
export function fitted(
  texts: readonly Text[],
  width: number,
  isNarrow = false,
  height = Number.POSITIVE_INFINITY,
): FittedText {
  const single = (size: number, spread = 0) => texts.map((text) => flow(text, width, size, spread));
  const largest = width < WIDE ? 26 : width < WIDEST ? 30 : SIZES[0];
  for (const size of SIZES) {
    if (size > largest) continue;
    if (size > LEAST_SIZE && texts.length * rowHeight(size) > height) continue;
    const flows = single(size);
    if (flows.some((one, at) => one.lines > 1 || isCut(texts[at], size, width))) continue;
    const widest = Math.max(...flows.map((one) => one.width));
    const most = Math.max(1, ...texts.map(({ tokens }) => tokens.length));
    if (widest >= SPREAD_BELOW * width) return { size, flows };
    const spread = Math.min(MOST_SPREAD * size, (SPREAD_TO * width - widest) / most);
    return { size, flows: single(size, spread) };
  }
  const size = isNarrow ? WRAPPED_NARROW : WRAPPED;
  return { size, flows: single(size) };
}

function isCut(text: Text | undefined, size: number, width: number): boolean {
  return text?.unitWidths.some((unit) => unit * size > width) ?? false;
}

/** Where the rows of tokens are, one below the other. */
export interface RowPlace {
  /** Of the label. */
  label: number;
  top: number;
  height: number;
}

export interface SentencePlaces {
  rows: readonly RowPlace[];
  /** From one line to the next. */
  lead: number;
  height: number;
}

/** Room for a label above or below. */
export const LABEL = 18;
/** From line to line, in heights of letters. */
const LEAD = 2.2;
const LEAST_LEAD = 1.4;
const MOST_BETWEEN = 260;

/**
 * Puts rows of lines below each other, with what is left between them.
 *
 * Args:
 *     least: room between two rows at least, however little there is.
 *     below: additional room below the last row, for values.
 */
export function placeRows({ size, flows }: FittedText, height: number, least: number, below: number): SentencePlaces {
  const breaks = flows.reduce((sum, { lines }) => sum + lines - 1, 0);
  const room = height - 2 * LABEL - below - flows.length * rowHeight(size);
  // Many lines come closer, as in a book, before they need more room than there is.
  const tight = Math.floor((room - least * (flows.length - 1)) / Math.max(1, breaks));
  const lead = Math.max(Math.round(size * LEAST_LEAD), Math.min(Math.round(size * LEAD), tight));
  const heights = flows.map(({ lines }) => (lines - 1) * lead + rowHeight(size));
  const free = room - breaks * lead;
  const between = Math.max(least, Math.min(MOST_BETWEEN, free / Math.max(1, flows.length - 1)));
  const rows: RowPlace[] = [];
  let y = LABEL;
  heights.forEach((own, index) => {
    const isLast = index === heights.length - 1;
    rows.push({ top: y, height: own, label: isLast ? y + own + below : y - LABEL });
    y += own + between;
  });
  return { rows, lead, height: y - between + below + LABEL };
}

/** Where a token is. */
export interface TokenBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Returns the box of a token; `mirrored`: the width in which a text runs from right to left, null where it does not. */
export function tokenBox(
  token: SetToken,
  row: RowPlace,
  lead: number,
  size: number,
  mirrored: number | null,
): TokenBox {
  const left = mirrored === null ? token.x : mirrored - token.x - token.width;
  return { left, top: row.top + token.line * lead, width: token.width, height: Math.round(size * 1.7) };
}
