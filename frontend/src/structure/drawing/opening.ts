/** Which groups of a structure are open where nobody opens them by hand. */

import { type Item, isGroup, type Tree } from "../tree";
import { isChain } from "./folding";
import { shownIn } from "./scene";

/** More boxes than this are too many for one look. */
const MOST_BOXES = 400;

/**
 * Returns the keys of the groups to open.
 *
 * Args:
 *   depth: how many levels of layers to show; null for those of the author's own, and fewer where they are too many.
 *   own: paths of the layers of the author's own.
 */
export function openGroups(tree: Tree, depth: number | null, own: ReadonlySet<string>): Set<string> {
  if (depth !== null) return openTo(tree, depth);
  const open = openWhere(tree, ({ node }) => node !== null && own.has(node.path));
  const isTooMuch = (open: ReadonlySet<string>) => countOf(tree.root, open) > MOST_BOXES;
  return [open, openTo(tree, 3), openTo(tree, 2)].find((open) => !isTooMuch(open)) ?? openTo(tree, 1);
}

/** Returns the keys of the groups that are open where so many levels of layers are shown. */
export function openTo(tree: Tree, depth: number, mostAlike = 1): Set<string> {
  return openWhere(tree, (_, level) => level < depth, mostAlike);
}

/** Opens what is in open groups and asked for; of what stands for several layers, where that is asked for of the first. */
function openWhere({ root }: Tree, isAskedFor: (layer: Item, level: number) => boolean, mostAlike = 1): Set<string> {
  const open = new Set([root.key]);
  const visit = (group: Item, level: number) => {
    for (const item of shownIn({ mostAlike }, group)) {
      const layer = isChain(item) ? firstIn(item) : item;
      if (!isGroup(item) || layer.kind !== "layer" || !isGroup(layer) || !isAskedFor(layer, level)) continue;
      open.add(item.key);
      visit(item, item === layer ? level + 1 : level);
    }
  };
  visit(root, 1);
  return open;
}

function firstIn(chain: Item): Item {
  const first = chain.children[0] as Item;
  return isChain(first) ? firstIn(first) : first;
}

function countOf(group: Item, open: ReadonlySet<string>): number {
  return shownIn({ mostAlike: 1 }, group).reduce(
    (sum, item) => sum + 1 + (open.has(item.key) ? countOf(item, open) : 0),
    0,
  );
}
