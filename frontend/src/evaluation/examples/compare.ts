/** A prediction beside its reference: place by place where both say something of the same places, else as texts. */

import { type DiffPiece, differences } from "../../tokens/diff";
import type { Setup } from "../types";

/** Of these each part of a prediction is of the place of its part of the reference: nothing was put in or left out. */
const OF_PLACES: readonly Setup["task"][] = ["token_labelling", "language_modelling"];

/** Returns the pieces that make up `text`, those marked that `other` does not have there. */
export function piecesOf({ task, classes }: Setup, text: string, other: string): DiffPiece[] {
  if (other === "") return [{ text, isOwn: false }];
  if (OF_PLACES.includes(task)) {
    const words = [text, other].map((whole) => partsOf(whole, classes)) as [string[], string[]];
    const isSpaced = /\s/u.test(text.trim());
    if (isSpaced && words[0].length === words[1].length) return byPlace(...words, " ");
    const [own, theirs] = [[...text], [...other]];
    if (own.length === theirs.length) return byPlace(own, theirs, "");
  }
  return differences(text, other, "word");
}

/** Returns parts, those marked that are others at their place. */
function byPlace(own: readonly string[], theirs: readonly string[], between: string): DiffPiece[] {
  const pieces: DiffPiece[] = [];
  own.forEach((part, at) => {
    const before = pieces.at(-1);
    const [space, isOwn] = [at > 0 ? between : "", part !== theirs[at]];
    if (before && !before.isOwn) before.text += space + (isOwn ? "" : part);
    else if (space || !isOwn) pieces.push({ text: space + (isOwn ? "" : part), isOwn: false });
    if (isOwn) pieces.push({ text: part, isOwn });
  });
  return pieces;
}

/** Returns whether a label of a class stands where the prediction has one of another, or of the same. */
export function hasMistake(
  { task, classes, references }: Setup,
  place: number,
  predicted: string,
  [right, said]: readonly [right: number, said: number],
): boolean {
  const [reference = "", one, other] = [references[place], classes[right], classes[said]];
  if (task !== "token_labelling") return reference === one && predicted === other;
  const labels = partsOf(predicted, classes);
  return partsOf(reference, classes).some((label, at) => label === one && labels[at] === other);
}

/** A word with the label that is right, and with the one that was predicted. */
export interface TaggedWord {
  word: string;
  right: string;
  said: string;
}

/** Returns the words of an input with their labels; null where these are of something else, or there are not as many. */
export function taggedWords(
  { task, classes }: Setup,
  input: string,
  reference: string,
  predicted: string,
): TaggedWord[] | null {
  if (task !== "token_labelling") return null;
  const [right, said] = [partsOf(reference, classes), partsOf(predicted, classes)];
  const words = partsOf(input, []);
  if (words.length === 0 || words.length !== right.length || words.length !== said.length) return null;
  return words.map((word, at) => ({ word, right: right[at] as string, said: said[at] as string }));
}

/** Returns the labels of a text, or its words; the name of a class may have spaces in it, and the longest that fits is it. */
function partsOf(text: string, classes: readonly string[]): string[] {
  const byLength = [...classes].sort((one, other) => other.length - one.length);
  const parts: string[] = [];
  for (let rest = text.trim(); rest !== ""; rest = rest.trimStart()) {
    const from = rest;
    const name = byLength.find((each) => each !== "" && (from === each || from.startsWith(`${each} `)));
    const part = name ?? (from.split(/\s/u, 1)[0] as string);
    parts.push(part);
    rest = from.slice(part.length);
  }
  return parts;
}
