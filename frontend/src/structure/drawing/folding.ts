/** Several layers built alike, drawn by the first of them: what begins or ends in another does so in the same place of the first. */

import type { StructureEdge } from "../../wire/schema.gen";
import { type Item, lineage, type Tree } from "../tree";

/** Whether all that is in an item is built alike, and more than `most`. */
export function isChain({ kind, parent, times }: Item, most = 1): boolean {
  return (kind === "repeats" && times > most) || (kind === "bundle" && parent !== null && isChain(parent, most));
}

/** Returns what is drawn in the place of an item: in the first of several built alike, the same. */
export function standInOf(item: Item, most: number): Item {
  const { parent } = item;
  if (!parent) return item;
  const shown = standInOf(parent, most);
  return shown.children[isChain(parent, most) ? 0 : parent.children.indexOf(item)] ?? shown;
}

/**
 * Returns the tree with other ends, and the edges that are drawn: those between layers built alike are not, nor are those within another
 * than the first. Up to `most` layers built alike are each drawn.
 */
export function folded(tree: Tree, edges: readonly StructureEdge[], most = 1): { tree: Tree; edges: StructureEdge[] } {
  const stands = new Map<Item, Item>();
  const visit = (item: Item, shown: Item) => {
    stands.set(item, shown);
    item.children.forEach((child, index) => {
      visit(child, shown.children[isChain(item, most) ? 0 : index] ?? shown);
    });
  };
  visit(tree.root, tree.root);
  const ends = new Map([...tree.ends].map(([path, item]) => [path, stands.get(item) ?? item]));
  const isDrawn = ({ source, target }: StructureEdge) => {
    const [above, below] = [tree.ends.get(source), tree.ends.get(target)].map((end) => lineage(end as Item));
    return !above?.some((group, level) => {
      const [one, other] = [above[level + 1], below?.[level + 1]];
      return isChain(group, most) && group === below?.[level] && (one !== other || one !== group.children[0]);
    });
  };
  return { tree: { ...tree, ends }, edges: edges.filter(isDrawn) };
}
