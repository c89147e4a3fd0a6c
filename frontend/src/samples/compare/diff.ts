/** How one text differs from another, in words or in characters as a reader sees them. */

import { diffArrays } from "diff";
import type { DiffPiece } from "../types";

export type DiffUnit = "word" | "character";

const SEGMENTERS: Record<DiffUnit, Intl.Segmenter> = {
  word: new Intl.Segmenter(undefined, { granularity: "word" }),
  character: new Intl.Segmenter(undefined, { granularity: "grapheme" }),
};

// The time grows with the square of the edits; with these a pair of texts takes some ten milliseconds at most.
const MOST_EDITS: Record<DiffUnit, number> = { word: 400, character: 240 };

/**
 * Compares two texts with Myers's algorithm (1986, "An O(ND) Difference Algorithm and Its Variations").
 *
 * Returns the pieces in reading order, what was removed before what was added in its place: those that are "same" and "added" make up
 * `text`, those that are "same" and "removed" make up `other`. Texts with too many differences between characters are compared by
 * words, those with too many between words as a whole, and the pieces say so.
 */
export function differences(text: string, other: string, unit: DiffUnit): DiffPiece[] {
  const fine = compare(text, other, unit);
  if (fine !== null) return fine;
  const coarse = (unit === "character" ? compare(text, other, "word") : null) ?? [
    { text: other, kind: "removed" },
    { text, kind: "added" },
  ];
  return coarse.map((piece) => ({ ...piece, coarse: true }));
}

function compare(text: string, other: string, unit: DiffUnit): DiffPiece[] | null {
  const segments = (whole: string) => Array.from(SEGMENTERS[unit].segment(whole), ({ segment }) => segment);
  const changes = diffArrays(segments(other), segments(text), { maxEditLength: MOST_EDITS[unit] });
  if (changes === undefined) return null;
  const pieces = changes.map(({ value, added, removed }): DiffPiece => {
    return { text: value.join(""), kind: added ? "added" : removed ? "removed" : "same" };
  });
  return unit === "word" ? joinAcrossSpaces(pieces) : pieces;
}

/** Takes the spaces between changed words into the change: what is left of a sentence is not its spaces. */
function joinAcrossSpaces(pieces: DiffPiece[]): DiffPiece[] {
  const joined: DiffPiece[] = [];
  let removed = "";
  let added = "";
  const close = () => {
    if (removed) joined.push({ text: removed, kind: "removed" });
    if (added) joined.push({ text: added, kind: "added" });
    removed = added = "";
  };
  pieces.forEach((piece, i) => {
    const isBetween = i > 0 && i < pieces.length - 1;
    if (piece.kind === "removed") removed += piece.text;
    else if (piece.kind === "added") added += piece.text;
    else if (isBetween && /^[^\S\n]+$/u.test(piece.text) && removed && added) {
      removed += piece.text;
      added += piece.text;
    } else {
      close();
      joined.push(piece);
    }
  });
  close();
  return joined;
}
