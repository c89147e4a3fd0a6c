/** Which ribbons a sentence draws, and how: pure. */

import type { ColouredHead, Hover } from "../types";
import { DRAWN_SHARE, strongestInto, strongestRibbons } from "./ribbons";

/** The token whose weights are told; null where none is. */
export type Focus = { side: "query" | "key"; position: number } | null;

/** A ribbon between original positions. */
export interface Ribbon {
  query: number;
  key: number;
  weight: number;
  colour: string;
  /** CSS pixels. */
  width: number;
  opacity: number;
}

/** The most ribbons of a word. */
const MOST_PER_WORD = 6;
/** Weights below this are no ribbon. */
const LEAST = 0.02;
export const FADED = 0.13;

/** What is under the pointer comes before what is pinned, and a query before a key. */
export function focusOf(hover: Hover, pinned: number | null): Focus {
  if (hover.query !== null) return { side: "query", position: hover.query };
  if (hover.key !== null && pinned === null) return { side: "key", position: hover.key };
  if (pinned !== null) return { side: "query", position: pinned };
  return null;
}

export function widthOf(weight: number): number {
  return 0.7 + 3.4 * Math.min(1, Math.abs(weight));
}

export function opacityOf(weight: number): number {
  return Math.min(0.95, 0.08 + 0.92 * Math.min(1, Math.abs(weight)) ** 0.7);
}

/** Returns the ribbons of some heads, weak ones first so that strong ones lie on top; those of other words than the focus are faded. */
export function ribbonsOf(
  heads: readonly ColouredHead[],
  queries: readonly number[],
  keys: readonly number[],
  focus: Focus,
): Ribbon[] {
  const most = heads.length > 1 ? Math.max(2, Math.round((2 * MOST_PER_WORD) / heads.length)) : MOST_PER_WORD;
  const ribbons = heads.flatMap(({ matrix, colour }) => {
    const of = (query: number) => strongestRibbons(matrix, query, [...keys], DRAWN_SHARE, most);
    const drawn = queries.flatMap(of);
    const into = focus?.side === "key" ? strongestInto(matrix, focus.position, [...queries]) : [];
    const known = new Set(drawn.map(({ query, key }) => `${query} ${key}`));
    const all = [...drawn, ...into.filter(({ query, key }) => !known.has(`${query} ${key}`))];
    return all.filter(({ weight }) => Math.abs(weight) >= LEAST).map((ribbon) => drawnAs(ribbon, colour, focus));
  });
  return ribbons.sort((one, other) => one.weight - other.weight);
}

function drawnAs(
  { query, key, weight }: { query: number; key: number; weight: number },
  colour: string,
  focus: Focus,
): Ribbon {
  const isFaded = focus !== null && (focus.side === "query" ? query : key) !== focus.position;
  return { query, key, weight, colour, width: widthOf(weight), opacity: isFaded ? FADED : opacityOf(weight) };
}

/** A figure beside a token of the other side. */
export interface Value {
  position: number;
  weight: number;
}

const LEAST_VALUE = 0.05;

/** Returns the weights that stand beside the words that the focus looks at, or is looked at by. */
export function valuesOf(ribbons: readonly Ribbon[], focus: Focus): Value[] {
  if (focus === null) return [];
  return ribbons
    .filter((ribbon) => (focus.side === "query" ? ribbon.query : ribbon.key) === focus.position)
    .filter(({ weight }) => weight >= LEAST_VALUE)
    .map(({ query, key, weight }) => ({ position: focus.side === "query" ? key : query, weight }));
}
