/** Notes of records, in the language of the page: those that Python writes itself are said by code, see `schema/remarks/`. */

import { grouped, rounded } from "./numbers";

/** As the schema has it. */
export interface Remark {
  readonly text: string;
  readonly code: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** Sentences by code, in which values stand as `{name}`, and braces twice. */
export type Sentences = Readonly<Record<string, string>>;

/** How many notes and texts one note may be made of; a damaged log may put one into itself. */
const MOST_TEXTS = 64;

/** What the header of a record notes. */
export interface Noted {
  readonly notes: readonly string[];
  readonly remarks: readonly Remark[];
}

/**
 * Returns the notes of a record, or of a part of it, as a catalogue says them, each as it is where the catalogue does not know it,
 * and each once.
 */
export function noted(header: Noted | null, sentences: Sentences, notes = header?.notes): string[] {
  return [...new Set(notes?.map((note) => saidOf(note, header?.remarks ?? [], sentences, { left: MOST_TEXTS })))];
}

function saidOf(note: string, remarks: readonly Remark[], sentences: Sentences, texts: { left: number }): string {
  const remark = texts.left-- > 0 && remarks.find(({ text }) => text === note);
  if (!remark || !Object.hasOwn(sentences, remark.code)) return note;
  const values: Record<string, number | string> = { ...remark.numbers, ...remark.texts };
  let isWhole = true;
  const said = sentences[remark.code]?.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name?: string) => {
    if (!name) return found.slice(1);
    const value = values[name];
    if (typeof value === "string") return saidOf(value, remarks, sentences, texts);
    isWhole &&= value !== undefined;
    return Number.isInteger(value) ? grouped(value as number) : rounded(value ?? 0);
  });
  return isWhole && said ? said : note;
}
