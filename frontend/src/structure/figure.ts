/** The figure in a box: what colours stand for, or the number of its parameters. */

import { formatFigure } from "../samples/figures";
import type { Item } from "./tree";
import { type Colour, type Figures, numberOf, numbersOf } from "./values";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Returns a number of parameters in short, such as "1.2M". */
export function shortCount(number: number): string {
  return compact.format(number);
}

export function figureText(item: Item, colour: Colour, figures: Figures): string {
  if (!item.node) return "";
  if (colour === "role" || colour === "parameters") {
    const total = item.kind === "layer" ? item.node.total : sumOf(numbersOf(item, "parameters", figures));
    return total > 0 ? shortCount(total) : "";
  }
  const value = item.kind === "layer" ? numberOf(item, colour, figures) : Number.NaN;
  return Number.isNaN(value) ? "" : formatFigure(value);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
}
