/** The figure in a box: what colours stand for, or the number of its parameters. */

import { formatFigure } from "../../ui/figures";
import { phrases } from "../language";
import { type Item, layersOf } from "../tree";
import { type Colour, type Figures, numberOf } from "../values";

/** Returns the number of its parameters in short, such as "1.24M params"; "" where it has none. */
export function parametersText(item: Item, short = false): string {
  const total = totalOf(item);
  return total === 0 ? "" : short ? phrases.shortCount(total) : phrases.parameterCount(total);
}

/** Returns the figure, `short` without its unit. */
export function figureText(item: Item, colour: Colour, figures: Figures, short = false): string {
  if (!item.node) return "";
  if (colour === "role" || colour === "parameters") return parametersText(item, short);
  const value = numberOf(item, colour, figures);
  return Number.isNaN(value) ? "" : formatFigure(value);
}

/** Returns the figure with what it is, and without rounding where it is a count. */
export function figureTitle(item: Item, colour: Colour, figures: Figures): string {
  const text = figureText(item, colour, figures);
  if (text === "") return "";
  if (colour !== "role" && colour !== "parameters") return `${phrases.statisticName(colour)} ${text}`;
  return phrases.parameterTitle(totalOf(item));
}

function totalOf(item: Item): number {
  if (item.kind === "own") return item.node?.parameters ?? 0;
  return layersOf(item).reduce((sum, { total }) => sum + total, 0);
}
