/** Catalogues of sentences: each room of the page has one in every language, and the page speaks one language as long as it lives. */

/** What a catalogue holds in any language: texts where the English one has texts, functions of the same parameters where it has these. */
export type Phrases<English> = {
  readonly [Name in keyof English]: English[Name] extends string
    ? string
    : English[Name] extends (...values: infer Values) => infer Said
      ? (...values: Values) => Said
      : Phrases<English[Name]>;
};

const spoken: Record<string, object> = {};

/** Returns what a room says; empty until `speak`. */
export function phrasesOf<English>(room: string): Phrases<English> {
  spoken[room] ??= {};
  return spoken[room] as Phrases<English>;
}

/** Sets the language: the catalogue of each room, by its name. */
export function speak(catalogues: Readonly<Record<string, object>>): void {
  for (const [room, catalogue] of Object.entries(catalogues)) Object.assign(phrasesOf<object>(room), catalogue);
}

let find: (part: string) => Promise<object>;

/** Sets where what is said later is found, by its name: a room, or "<room>/<part>". */
export function findLater(later: typeof find): void {
  find = later;
}

/** Has a part of a room speak, before anything of it runs that says something. */
export async function learn(part: string): Promise<void> {
  speak({ [part.split("/", 1)[0] ?? part]: await find(part) });
}
