/** Finds layers by what they are called. */

import type { Item, Tree } from "./tree";

/** Returns the layers whose path or class holds all words, in the order of their first call. */
export function findLayers({ root }: Tree, query: string): Item[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: Item[] = [];
  const look = (item: Item) => {
    if (item.kind === "layer" && item.node) {
      const text = `${item.node.path} ${item.node.class_name}`.toLowerCase();
      if (words.every((word) => text.includes(word))) found.push(item);
    } else if (item.kind !== "repeats" && item.kind !== "bundle" && words.every((word) => item.key.includes(word))) {
      found.push(item);
    }
    for (const child of item.children) look(child);
  };
  look(root);
  return found;
}
