/** What a text has that another does not, in words or in characters as a reader sees them. */

import { diffArrays } from "diff/lib/diff/array.js";

/** What two texts are compared by. */
export type Unit = "word" | "character";

/** A piece of a text beside another: in both, or only here. */
export interface DiffPiece {
  text: string;
  isOwn: boolean;
  /** Set where the texts are too different to compare as finely as was asked; then all pieces have it. */
  coarse?: true;
}

const SEGMENTERS: Record<Unit, Intl.Segmenter> = {
  word: new Intl.Segmenter(undefined, { granularity: "word" }),
  character: new Intl.Segmenter(undefined, { granularity: "grapheme" }),
};

// The time grows with the square of the edits; with these a pair of texts takes some ten milliseconds at most.
const MOST_EDITS: Record<Unit, number> = { word: 400, character: 240 };

/**
 * Compares a text with another by Myers's algorithm (1986, "An O(ND) Difference Algorithm and Its Variations").
 *
 * Returns pieces that make up `text`. Texts with too many differences between characters are compared by words, those with too many
 * between words are own as a whole, and the pieces say so.
 */
export function differences(text: string, other: string, unit: Unit): DiffPiece[] {
  const fine = compare(text, other, unit);
  if (fine !== null) return fine;
  const coarse = (unit === "character" ? compare(text, other, "word") : null) ?? [{ text, isOwn: true }];
  return coarse.map((piece) => ({ ...piece, coarse: true }));
}

/** Returns how many words two texts begin with alike. */
export function sameBeginning(text: string, other: string): number {
  const [one, two] = [text, other].map((whole) => [...SEGMENTERS.word.segment(whole)]) as [
    Intl.SegmentData[],
    Intl.SegmentData[],
  ];
  const differs = one.findIndex(({ segment }, at) => segment !== two[at]?.segment);
  return one.slice(0, differs < 0 ? one.length : differs).filter(({ isWordLike }) => isWordLike).length;
}

function compare(text: string, other: string, unit: Unit): DiffPiece[] | null {
  const segments = (whole: string) => Array.from(SEGMENTERS[unit].segment(whole), ({ segment }) => segment);
  const changes = diffArrays(segments(other), segments(text), { maxEditLength: MOST_EDITS[unit] });
  return (
    changes?.flatMap(({ value, added, removed }) => {
      if (removed) return [];
      return added ? ownWords(value.join("")) : [{ text: value.join(""), isOwn: false }];
    }) ?? null
  );
}

/** Marks words, not the spaces between them, unless there is nothing else. */
function ownWords(text: string): DiffPiece[] {
  if (!/\S/u.test(text)) return [{ text, isOwn: true }];
  const parts = text.split(/(\s+)/u).filter((part) => part !== "");
  return parts.map((part) => ({ text: part, isOwn: /\S/u.test(part) }));
}
