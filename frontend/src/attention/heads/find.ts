/** What one types to find heads: words of their names and patterns, and measures above or below something. */

import { MEASURES } from "../../wire/schema.gen";
import type { Measure } from "../types";

/** What can be above or below something: a measure, or by how much the one that is shown differs between A and B. */
export type Bounded = Measure | "change";

const BOUNDED: readonly Bounded[] = [...MEASURES, "change"];

export interface Found {
  /** Small letters. */
  words: readonly string[];
  bounds: readonly { measure: Bounded; isAbove: boolean; value: number }[];
}

const BOUND = /^([a-z_]+)\s*([<>])=?\s*([−-]?[\d.]+)$/;

/** Reads such as "block_0 induction>0.3 change>0.1"; what is no measure's name is a word. */
export function readFind(text: string): Found {
  const words: string[] = [];
  const bounds: Found["bounds"][number][] = [];
  for (const part of text
    .toLowerCase()
    .replace(/\s*([<>]=?)\s*/g, "$1")
    .split(/\s+/)) {
    const [, name, sign, value] = BOUND.exec(part) ?? [];
    const measure = BOUNDED.find((known) => known === name);
    if (measure) bounds.push({ measure, isAbove: sign === ">", value: Number(value?.replace("−", "-")) });
    else if (part) words.push(part);
  }
  return { words, bounds };
}

/** Whether a head is among what is looked for; what is not known of it is neither above nor below. */
export function isAmong({ words, bounds }: Found, name: string, of: (measure: Bounded) => number): boolean {
  const small = name.toLowerCase();
  return (
    words.every((word) => small.includes(word)) &&
    bounds.every(({ measure, isAbove, value }) => (isAbove ? of(measure) >= value : of(measure) <= value))
  );
}
