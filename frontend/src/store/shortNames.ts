/** Short names: what is common to all of them at both ends is left out. */

import { PLUGIN_NAME } from "../wire/schema.gen";

const WORD_ENDS = /[\s/_,-]/;

/** Returns the short name of each; those that are not alike stay whole. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const all = [...new Set(names)];
  // The callbacks write beside other runs, in a folder of this name.
  const folder = `/${PLUGIN_NAME}`;
  const bare = all.every((name) => name.endsWith(folder) && name.length > folder.length)
    ? all.map((name) => name.slice(0, -folder.length))
    : all;
  const from = commonStart(bare);
  const to = commonEnd(bare.map((name) => name.slice(from)));
  return new Map(
    all.map((name, index) => [name, (bare[index] as string).slice(from, (bare[index] as string).length - to)]),
  );
}

/** Length of what all begin with: whole words only, and something is left of each. */
function commonStart(names: readonly string[]): number {
  const [first = ""] = names;
  if (names.length < 2) return 0;
  let length = 0;
  let words = 0;
  const least = Math.min(...names.map((name) => name.length));
  while (length < least && names.every((name) => name[length] === first[length])) {
    length++;
    if (WORD_ENDS.test(first[length - 1] as string) && length < least) words = length;
  }
  return words;
}

function commonEnd(names: readonly string[]): number {
  return commonStart(names.map((name) => [...name].reverse().join("")));
}
