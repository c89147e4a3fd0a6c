/** What is known of words besides their vectors, as colours. */

import { css, headColours } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { metadataScale } from "../draw/scales";

type Columns = Readonly<Record<string, readonly string[]>>;

/** A column of numbers, between the ends of a scale; a column of a few labels, a colour each. */
export type Coded =
  | { kind: "numbers"; name: string; least: number; most: number; isLogarithmic: boolean }
  | { kind: "labels"; name: string; labels: readonly string[] };

const MOST_LABELS = 8;
const LEVELS = 256;
/** From how many times the least number on the scale is logarithmic. */
const WIDE = 100;

/** Returns the columns that can be told by colour, in their order. */
export function codedColumns(columns: Columns): string[] {
  return Object.keys(columns).filter((name) => codedFrom([columns], name) !== null);
}

/** Returns how one column of several tables is coded, so that a colour means the same in all; null where it says nothing, or too much. */
export function codedFrom(tables: readonly Columns[], name: string): Coded | null {
  const texts = tables.flatMap((columns) => columns[name] ?? []).filter((text) => text.trim() !== "");
  const distinct = new Set(texts);
  if (distinct.size < 2) return null;
  const numbers = texts.map(Number);
  if (numbers.every(Number.isFinite)) {
    const least = numbers.reduce((one, other) => Math.min(one, other));
    const most = numbers.reduce((one, other) => Math.max(one, other));
    return { kind: "numbers", name, least, most, isLogarithmic: least > 0 && most / least >= WIDE };
  }
  return distinct.size > MOST_LABELS ? null : { kind: "labels", name, labels: [...distinct].sort() };
}

/** Returns the index of each row's colour in `paletteOf`; -1 where nothing is known of it. */
export function levelsOf(coded: Coded, columns: Columns): Int16Array {
  return Int16Array.from(columns[coded.name] ?? [], (text) => {
    if (text.trim() === "") return -1;
    if (coded.kind === "labels") return coded.labels.indexOf(text);
    return Math.round((LEVELS - 1) * shareOf(coded, Number(text)));
  });
}

function shareOf({ least, most, isLogarithmic }: Coded & { kind: "numbers" }, value: number): number {
  return isLogarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
}

/** Returns the number in the middle of the scale. */
export function middleOf({ least, most, isLogarithmic }: Coded & { kind: "numbers" }): number {
  return isLogarithmic ? Math.sqrt(least * most) : (least + most) / 2;
}

/** Returns the colours. Up to three labels are the ends and the middle of the scale; more have no order that a scale could show. */
export function paletteOf(coded: Coded, theme: Theme): string[] {
  const scale = metadataScale(theme).map(css);
  if (coded.kind === "numbers") return scale;
  const { length } = coded.labels;
  if (length > 3) return headColours(length, theme);
  return coded.labels.map((_, at) => scale[Math.round((at / (length - 1)) * (scale.length - 1))] as string);
}
