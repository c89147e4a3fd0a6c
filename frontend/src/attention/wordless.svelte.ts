/**
 * What only some records have need of, loaded before such a record is shown: what positions without words are called, time and patches of an
 * image, and the strongest weights beside blocks.
 */

import { learn } from "../language/catalogue";
import type { AttentionHeader } from "../wire/schema.gen";

export type Wordless = typeof import("./wordless");

let loaded: Wordless | null = null;

/** Returns it where a record has need of it, which is not shown before it is there; null where it has none. */
export function wordlessOf(header: AttentionHeader): Wordless | null {
  return isWordless(header) ? loaded : null;
}

/** Whether all is there to show a record. */
export function knowsWordless(header: AttentionHeader): boolean {
  return loaded !== null || !isWordless(header);
}

/** Resolves when it is; fails where it cannot be loaded. */
export async function loadWordless(header: AttentionHeader): Promise<void> {
  if (knowsWordless(header)) return;
  const [, found] = await Promise.all([learn("attention/wordless"), import("./wordless")]);
  loaded = found;
}

function isWordless({ images, units, layers }: AttentionHeader): boolean {
  return images.length > 0 || units.length > 0 || layers.some(({ strongest }) => strongest.length > 0);
}
