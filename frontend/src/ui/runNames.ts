/** What tells the names of runs apart. */

const WORD_ENDS = /[\s/_.,=-]/;

/** Returns, by run, how long the beginning is that its name shares with another's; whole words only. */
export function sharedBeginnings(runs: readonly string[]): Map<string, number> {
  const sorted = [...new Set(runs)].sort();
  return new Map(
    sorted.map((run, index) => {
      const neighbours = [sorted[index - 1], sorted[index + 1]];
      const shared = Math.max(...neighbours.map((other) => sharedLength(run, other ?? "")));
      return [run, wordBefore(run, shared)];
    }),
  );
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

function wordBefore(run: string, index: number): number {
  while (index > 0 && !WORD_ENDS.test(run[index - 1] as string)) index--;
  return index;
}
