/**
 * Sentences of which parts stand out or can be changed. A catalogue writes them whole, so that another language may put the parts in
 * another order; a component only draws them.
 */

/** Stands out; `lang` where it is text of the user's in a language that is known. */
export interface Strong {
  strong: string;
}

/** Something to choose, by the name under which the component knows it. */
export interface WordPlace {
  word: string;
}

export type Part = string | Strong | WordPlace;
export type Sentence = readonly Part[];

/** Writes a sentence: sentence`${strong("far")} looks at ${3} words`. */
export function sentence(texts: TemplateStringsArray, ...values: readonly (Part | number | Sentence)[]): Sentence {
  const parts: Part[] = [];
  texts.forEach((text, index) => {
    if (text) parts.push(text);
    const value = values[index];
    if (value === undefined || value === "") return;
    if (Array.isArray(value)) parts.push(...(value as Sentence));
    else parts.push(typeof value === "number" ? String(value) : (value as Part));
  });
  return parts;
}

export function strong(text: string): Strong {
  return { strong: text };
}

export function word(name: string): WordPlace {
  return { word: name };
}

/** Joins parts as a list. */
export function joined(parts: readonly Sentence[], between: string): Sentence {
  return parts.flatMap((part, index) => (index === 0 ? part : [between, ...part]));
}

/** Returns what a sentence says without what can be chosen in it. */
export function plain(parts: Sentence): string {
  return parts.map((part) => (typeof part === "string" ? part : "strong" in part ? part.strong : part.word)).join("");
}
