/** What is said of positions without words: of time, and of the image of an example. */

import { count } from "../../language/en";
import { type Sentence, sentence, word } from "../../language/sentence";
import type { ImageHeader, LayerHeader, Unit } from "../../wire/schema.gen";
import type { PatchGrid } from "../image/grid";
import type { Overlay } from "../types";

/** A position of an axis that is time. */
export function timeOf(from: string, to: string, unit: Unit): string {
  return `${from}–${to} ${unit}`;
}

/** `last` is null where it is one frame. */
export function framesOf(first: string, last: string | null): string {
  return last === null ? `frame ${first}` : `frames ${first}–${last}`;
}

/** Of an image: what comes before its patches, the first of which classifies, and a patch, from 1. */
export const CLASS_LABEL = "class";
export const CLASS_TOKEN = "class token";

export function addedToken(position: number): string {
  return `added ${position}`;
}

export function patchName(row: number, column: number): string {
  return `row ${row}, column ${column}`;
}

/** The caption of a layer that lies on the image: what is drawn, in words that can be changed. */
export function imageCaption(
  isCompared: "steps" | "runs" | null,
  isSeveral: boolean,
  rolled: Sentence | null = null,
): Sentence {
  const heads = isSeveral ? sentence`${word("head")}, ${word("combine")},` : sentence`${word("head")}`;
  const subject = rolled ?? sentence`Weights of ${word("layer")}, ${heads} for ${word("example")}`;
  const where = isCompared === null ? "" : isCompared === "steps" ? " at A and B" : " in runs A and B";
  return sentence`${subject}${where}, over the image ${word("overlay")}, shade ${word("mapping")} on ${word("range")}; the image on a scale of its own.`;
}

/** The same where there is little room. */
export function briefImageCaption(): Sentence {
  return sentence`${word("layer")}, ${word("head")} · ${word("example")} · ${word("overlay")} · ${word("mapping")} · ${word("range")}`;
}

export const OVERLAY_HEADING = "How weights lie over the image";

export const OVERLAY_NAMES: Record<Overlay, string> = { smooth: "smoothly", patches: "patch by patch" };

export const OVERLAY_MEANINGS: Record<Overlay, string> = {
  smooth: "from the middle of a patch to the next",
  patches: "each patch has its weight's colour",
};

export const IMAGE = "The image";

export function patchCount({ rows, columns }: Pick<PatchGrid, "rows" | "columns">): string {
  return `${count(rows)} × ${count(columns)} patches`;
}

/** `query` is null for all of them. */
export function imageQuery(query: string | null): string {
  return query === null ? "All queries, their mean" : `${query} looks at`;
}

/** What is less than 0 of A - B; an image has no dots over it. */
export const B_MORE_ON_IMAGE = "B more";

export function besidePatches(weight: string): string {
  return `${weight} on no patch`;
}

export const CHOOSE_PATCH = "Point at a patch to see where it looks; click keeps it.";
export const CHOOSE_QUERY = "Point at a row of the matrix to see where it looks; click keeps it.";

export function imageDescription(choosesQuery: boolean): string {
  const what = choosesQuery ? "Shift and arrows choose a query patch, Enter pins it" : "Shift and arrows read patches";
  return `The image in its patches. ${what}.`;
}

export function mapDescription(title: string, of: "a" | "b" | "difference" | null, told: readonly string[]): string {
  const which = of === "a" || of === "b" ? `${of.toUpperCase()}: ` : "";
  const most = told.length > 0 ? told.join(", ") : "no patch";
  return `${which}${title}, most: ${most}. Shift and arrows read patches.`;
}

export function imageMisfit({ rows, columns, first }: ImageHeader, { keys, pooled }: LayerHeader): string {
  if (pooled.length > 0)
    return "To keep the run within its byte budget blocks of weights were kept, and no patches: they cannot be laid over the image.";
  const before = first > 0 ? ` after ${count(first)} other ${first === 1 ? "token" : "tokens"}` : "";
  return `The image has ${count(rows)} × ${count(columns)} patches${before}, and this layer ${count(keys)} keys: they cannot be laid over it. Give the patches of its rows and columns, images=(images, (rows, columns)), or choose another layer.`;
}

export function noImage(detail: string): string {
  return `The image of this example cannot be shown: ${detail}`;
}

/** What is kept of a head: `count` weights of each query, which hold such shares of its weight, of all queries and of the least. */
export function keptOf(count: number, held: number, least: number): string {
  // Never more than there is.
  const [mean, worst] = [held, least].map((share) => `${Math.floor(100 * share)}\u00a0%`);
  return `Kept are the ${count} strongest weights of each query, ${mean} of its weight on average, at least ${worst}. Hatched: at most so much; the weight itself was not kept.`;
}
