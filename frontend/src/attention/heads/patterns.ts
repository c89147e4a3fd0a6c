/** What a head does, told from its measures; and since when. */

import type { Measures } from "../../store/measures";
import type { Measure } from "../types";

/** In the order in which they are told of: what is said of many heads comes last. */
export const PATTERNS = [
  "previous",
  "self",
  "next",
  "near",
  "first",
  "separator",
  "padding",
  "induction",
  "duplicate",
  "aligned",
  "broad",
  "few",
  "mixed",
] as const;
export type Pattern = (typeof PATTERNS)[number];

/** A head is called by where at least half of its weight is. */
const PLACES = ["first", "previous", "self", "next", "separator", "padding"] as const;
/** Measured of those queries alone whose token came before, so that what is so of all queries is told first. */
const OF_SOME_QUERIES = ["induction", "duplicate"] as const;
const MOST_OF_IT = 0.5;
/** On the query's own token and those beside it. */
const NEAR = 0.7;
const BROAD = 0.9;
/** How far entropy may fall until a head that was broad is something else. */
const BROAD_STAYS = 0.85;
/** `diagonality` of weights that lie within a tenth of the diagonal; of equal weights it is 0.58. */
const ON_DIAGONAL = 0.15;
const MONOTONIC = 0.75;
/** What a head is called it stays until it does that clearly less, so that chance does not make it something else for a step. */
const STAYS = 0.8;

export type Values = (measure: Measure) => number;

/** Returns how much a head does something: from 1 on it is called by that, below `STAYS` no more. */
function strengthOf(pattern: Pattern, of: Values): number {
  const known = (measure: Measure) => of(measure) || 0;
  switch (pattern) {
    case "near":
      return (known("self") + known("previous") + known("next")) / NEAR;
    case "broad": {
      const share = known("normalized_entropy");
      return share >= BROAD ? 1 : share >= BROAD_STAYS ? STAYS : 0;
    }
    case "aligned": {
      const [off, order] = [of("diagonality"), of("monotonicity")];
      return Number.isNaN(off) || Number.isNaN(order) ? 0 : Math.min((1 - off) / (1 - ON_DIAGONAL), order / MONOTONIC);
    }
    case "few":
      return known("confidence") / MOST_OF_IT;
    case "mixed":
      return 1;
    default:
      return known(pattern) / MOST_OF_IT;
  }
}

/** Returns what a head does by its measures at one step; null where none is known that tells. */
export function patternOf(of: Values, before: Pattern | null = null): Pattern | null {
  if (Number.isNaN(of("confidence"))) return null;
  const found = clearPattern(of);
  const isClear = found !== "few" && found !== "mixed";
  return !isClear && before !== null && strengthOf(before, of) >= STAYS ? earlier(before, found) : found;
}

function earlier(one: Pattern, other: Pattern): Pattern {
  return PATTERNS.indexOf(one) < PATTERNS.indexOf(other) ? one : other;
}

function clearPattern(of: Values): Pattern {
  // Among few tokens equal weights put much on each.
  if (strengthOf("broad", of) >= 1) return "broad";
  const strongest = PLACES.map((place) => [strengthOf(place, of), place] as const).sort(([a], [b]) => b - a)[0];
  if (strongest && strongest[0] >= 1) return strongest[1];
  const others: readonly Pattern[] = [...OF_SOME_QUERIES, "aligned", "near", "few"];
  return others.find((pattern) => strengthOf(pattern, of) >= 1) ?? "mixed";
}

/** Returns what a head does at each step of its measures. */
export function patternsOver(measures: Measures, row: number): (Pattern | null)[] {
  const { names, rows, values } = measures;
  const columns = new Map(names.map((name, column) => [name, column]));
  let before: Pattern | null = null;
  return measures.steps.map((_, step) => {
    const from = (step * rows + row) * names.length;
    before = patternOf((measure) => values[from + (columns.get(measure) ?? Number.NaN)] ?? Number.NaN, before);
    return before;
  });
}

/** Returns the place of the first record since which a head has done what it does at `at`; -1 where that is nothing in particular. */
export function formedAt(patterns: readonly (Pattern | null)[], at: number): number {
  const now = patterns[at] ?? null;
  if (now === null || now === "mixed") return -1;
  let first = at;
  while (first > 0 && patterns[first - 1] === now) first--;
  return first;
}
