/** Search among words by how they begin. */

/** What tokenizers put before a token that begins a word, or goes on with one. */
const MARKS = /^(?:##|[▁ĠĊ])+/u;

export interface FoundWords {
  /** Rows: first those that begin with what is searched for, then those that have it elsewhere, each in the order of the table. */
  rows: Int32Array;
  /** How many of them begin with it. */
  beginning: number;
}

/** Returns texts to search in: without capitals, and without what tokenizers put before them. */
export function searchable(labels: readonly string[]): string[] {
  return labels.map((label) => label.toLowerCase().replace(MARKS, "") || label);
}

/** Finds words in any case. `texts` are `searchable`. */
export function findWords(texts: readonly string[], query: string): FoundWords {
  const wanted = query.toLowerCase();
  const plain = wanted.replace(MARKS, "") || wanted;
  if (wanted === "") return { rows: Int32Array.from(texts, (_, row) => row), beginning: texts.length };
  const beginning: number[] = [];
  const elsewhere: number[] = [];
  texts.forEach((text, row) => {
    const at = text.indexOf(plain);
    if (at === 0) beginning.push(row);
    else if (at > 0) elsewhere.push(row);
  });
  return { rows: Int32Array.from([...beginning, ...elsewhere]), beginning: beginning.length };
}
