/** Which examples stand behind a number, the worst first. */

import type { Filter } from "../place";
import type { Predictions, Setup } from "../types";
import { hasMistake } from "./compare";

/** What they are chosen by. */
export interface Wish {
  /** null for those of every slice. */
  slice: string | null;
  filter: Filter;
  /** What is of a class, and was taken for one, be it one of many labels; null for all. */
  mistaken: readonly [right: number, said: number] | null;
  /** Those that were brushed on the map; null for all. */
  brushed: ReadonlySet<number> | null;
}

/**
 * Returns the places of the examples, those first of which the model finds what is right least probable.
 *
 * Args:
 *     now: what is predicted at A.
 *     before: at B; null where there is none, and nothing can be learnt or forgotten since.
 */
export function selectExamples(setup: Setup, now: Predictions, before: Predictions | null, wish: Wish): number[] {
  return placesOf(setup, wish.slice)
    .filter((place) => passes(wish.filter, now.correct[place] as number, before?.correct[place] ?? Number.NaN))
    .filter((place) => wish.mistaken === null || hasMistake(setup, place, now.texts[place] ?? "", wish.mistaken))
    .filter((place) => wish.brushed === null || wish.brushed.has(place))
    .sort((one, other) => goodness(now, one) - goodness(now, other) || one - other);
}

/** Returns the places of the examples of a slice; null for those of every one. */
export function placesOf(setup: Setup, slice: string | null): number[] {
  const width = setup.memberships.length;
  const column = slice === null ? -1 : setup.memberships.indexOf(slice);
  const isIn = (place: number) => slice === null || (column >= 0 && setup.member[place * width + column] === 1);
  return setup.inputs.map((_, place) => place).filter(isIn);
}

function passes(filter: Filter, now: number, before: number): boolean {
  switch (filter) {
    case "wrong":
      return now === 0;
    case "learnt":
      return now === 1 && before === 0;
    case "forgotten":
      return now === 0 && before === 1;
    default:
      return true;
  }
}

/** How probable what is right is; where that is not known, whether it was said. */
function goodness({ probability, correct }: Predictions, place: number): number {
  const known = probability[place] as number;
  if (!Number.isNaN(known)) return known;
  const flag = correct[place] as number;
  return Number.isNaN(flag) ? 0.5 : flag;
}
