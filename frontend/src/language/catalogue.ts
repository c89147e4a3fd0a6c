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

/** How each is loaded, by its name: a room, or "<room>/<part>" for what is said before the rest of it, or after. */
export type Catalogues = ReadonlyMap<string, () => Promise<object>>;

let catalogues: Catalogues;

/** Sets where `learn` finds them. */
export function findIn(found: Catalogues): void {
  catalogues = found;
}

/** Has a room or a part of it speak, before anything of it runs that says something. */
export async function learn(name: string): Promise<void> {
  const [room = name, part = "index"] = name.split("/");
  const load = catalogues.get(name);
  if (!load) throw new Error(`There is no catalogue of ${name}; expected src/${room}/<language>/${part}.ts.`);
  speak({ [room]: await load() });
}
