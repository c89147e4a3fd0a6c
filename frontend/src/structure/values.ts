/** What stands in figures and colours: of each layer one number at the step chosen. */

import type { Measures } from "../store/measures";
import type { Item } from "./tree";

/** "role", "parameters", or the name of a statistic. */
export type Colour = string;

/** What layers are for; nothing measured. */
export const ROLE: Colour = "role";
/** What boxes are filled by at first, where it is known. */
export const GRADIENT: Colour = "gradient_norm";
export const UPDATE: Colour = "update_ratio";

export type ScaleKind = "log" | "share" | "signed";

/** How values become places between 0 and 1. */
export interface Scale {
  kind: ScaleKind;
  least: number;
  most: number;
}

/** One number next to nothing should not make all others look alike. */
const MOST_RATIO = 1e4;
const NOT_FINITE = ["parameter_not_finite", "gradient_not_finite", "activation_not_finite"];

/** The numbers of all layers at one step. */
export interface Figures {
  /** NaN where there is none. */
  of(path: string, name: string): number;
  /** Whether a layer holds numbers that are not. */
  isBroken(path: string): boolean;
}

const NONE: Figures = { of: () => Number.NaN, isBroken: () => false };

export function figuresAt(measures: Measures | null, step: number | null): Figures {
  const index = measures && step !== null ? measures.steps.indexOf(step) : -1;
  if (!measures || index < 0) return NONE;
  const rows = new Map(measures.layers.map((path, row) => [path, row]));
  const columns = new Map(measures.names.map((name, column) => [name, column]));
  const of = (path: string, name: string) => {
    const [row, column] = [rows.get(path), columns.get(name)];
    if (row === undefined || column === undefined) return Number.NaN;
    return measures.values[(index * measures.rows + row) * measures.names.length + column] ?? Number.NaN;
  };
  return { of, isBroken: (path) => NOT_FINITE.some((name) => of(path, name) > 0) };
}

/** Returns the number of an item; of several in a row NaN, since each has its own. */
export function numberOf(item: Item, colour: Colour, figures: Figures): number {
  if ((item.kind !== "layer" && item.kind !== "own") || !item.node) return Number.NaN;
  if (colour !== "parameters") return figures.of(item.node.path, colour);
  return item.kind === "own" ? item.node.parameters : item.node.total;
}

/** Returns the numbers of what an item stands for; of a bundle of bundles the largest of each. */
export function numbersOf(item: Item, colour: Colour, figures: Figures): number[] {
  if (item.kind === "layer" || item.kind === "own") return [numberOf(item, colour, figures)];
  return item.children.map((child) =>
    numbersOf(child, colour, figures).reduce(
      (one, other) => (other > one || Number.isNaN(one) ? other : one),
      Number.NaN,
    ),
  );
}

export function isBroken(item: Item, figures: Figures): boolean {
  const isOwn = item.kind === "layer" && item.node !== null && figures.isBroken(item.node.path);
  return isOwn || item.children.some((child) => isBroken(child, figures));
}

/** Returns the scale of a statistic over all layers and steps, so that a colour means the same at each; null without values. */
export function scaleOf(colour: Colour, values: Iterable<number>): Scale | null {
  const kind = kindOf(colour);
  if (kind === "share") return { kind, least: 0, most: 1 };
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const size = kind === "signed" ? Math.abs(value) : value;
    if (!Number.isFinite(size) || size <= 0) continue;
    if (size < least) least = size;
    if (size > most) most = size;
  }
  if (most < least) return null;
  return kind === "signed" ? { kind, least: -most, most } : { kind, least: Math.max(least, most / MOST_RATIO), most };
}

/** Returns all values of one statistic. */
export function* everyValue(measures: Measures, name: string): Generator<number> {
  const column = measures.names.indexOf(name);
  if (column < 0) return;
  for (let at = column; at < measures.values.length; at += measures.names.length) yield measures.values[at] as number;
}

/** Returns where a value is between the ends of its scale, from 0 to 1; NaN for what is no finite number. */
export function placeOn({ kind, least, most }: Scale, value: number): number {
  if (!Number.isFinite(value)) return Number.NaN;
  if (kind !== "log") return clamped((value - least) / (most - least));
  if (value <= 0 || least === most) return value <= 0 ? 0 : 1;
  return clamped(Math.log(value / least) / Math.log(most / least));
}

/** Returns the value at a place of a scale. */
export function valueAtPlace({ kind, least, most }: Scale, index: number): number {
  return kind === "log" ? least * (most / least) ** index : least + index * (most - least);
}

function kindOf(colour: Colour): ScaleKind {
  if (colour.endsWith("_zeros") || colour.endsWith("_not_finite") || colour.endsWith("_saturated")) return "share";
  return colour.endsWith("_mean") ? "signed" : "log";
}

function clamped(index: number): number {
  return Math.min(1, Math.max(0, index));
}
