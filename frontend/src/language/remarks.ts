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

/** What a catalogue calls that which stands under a name in remarks, such as measures, by that name. */
export type Namers = Readonly<Record<string, (text: string) => string>>;

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
export function noted(
  header: Noted | null,
  sentences: Sentences,
  notes = header?.notes,
  namers: Namers = {},
): string[] {
  const said = notes?.map((note) =>
    saidOf(note, { remarks: header?.remarks ?? [], sentences, namers, left: MOST_TEXTS }),
  );
  return [...new Set(said)];
}

interface Saying {
  readonly remarks: readonly Remark[];
  readonly sentences: Sentences;
  readonly namers: Namers;
  left: number;
}

/** `nameOf`: what that is called which stands here, or in a list here. */
function saidOf(note: string, saying: Saying, nameOf = (text: string) => text): string {
  const { remarks, sentences, namers } = saying;
  const remark = saying.left-- > 0 && remarks.find(({ text }) => text === note);
  if (!remark || !Object.hasOwn(sentences, remark.code)) return nameOf(note);
  const values: Record<string, number | string> = { ...remark.numbers, ...remark.texts };
  let isWhole = true;
  const said = sentences[remark.code]?.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name?: string) => {
    if (!name) return found.slice(1);
    const value = values[name];
    if (typeof value === "string") return saidOf(value, saying, namers[name] ?? nameOf);
    isWhole &&= value !== undefined;
    return Number.isInteger(value) ? grouped(value as number) : rounded(value ?? 0);
  });
  return isWhole && said ? said : note;
}
