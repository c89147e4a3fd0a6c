/** The layers of a record as what may be drawn: nested items, of which those that repeat each other are one until it is opened. */

import type { StructureEdge, StructureHeader, StructureNode } from "../wire/schema.gen";

/**
 * "repeats": siblings that are built alike and follow each other. "bundle": some of the siblings of a group with too many. "own": what a
 * group computes itself, beside the layers in it. "input" and "output": what the model is called with and what it returns.
 */
export type ItemKind = "layer" | "repeats" | "bundle" | "own" | "input" | "output";

/** Something that is drawn as a box, or as a frame around its children where it is open. */
export interface Item {
  /** Path of a layer; of all others something that no layer's path is. */
  key: string;
  kind: ItemKind;
  /** What is said of it: of repeats and bundles their first layer, of "own" its group; of inputs and outputs null. */
  node: StructureNode | null;
  parent: Item | null;
  /** In the order of their first call. */
  children: Item[];
  /** How many layers follow each other; 1 but for "repeats". */
  times: number;
  /** Whether it hears itself. */
  isLoop: boolean;
}

export interface Tree {
  root: Item;
  byKey: ReadonlyMap<string, Item>;
  /** What edges begin and end at, by what the record calls it. */
  ends: ReadonlyMap<string, Item>;
}

/** More siblings than this are bundled, as evenly as can be. */
export const MOST_SIBLINGS = 100;
const BUNDLE_SIZE = 100;

const INPUTS = "inputs/";

/** Builds the tree of a record, the model at its root. */
export function buildTree({ nodes, edges }: StructureHeader): Tree {
  const loops = new Set(edges.filter(({ source, target }) => source === target).map(({ source }) => source));
  const [sources, targets] = [new Set(edges.map(({ source }) => source)), new Set(edges.map(({ target }) => target))];
  const layers = new Map(
    nodes.map((node) => [node.path, { ...itemOf("layer", node.path, node), isLoop: loops.has(node.path) }]),
  );
  let root: Item | undefined;
  for (const item of layers.values()) {
    const parent = layers.get((item.node as StructureNode).parent);
    if (parent && parent !== item) parent.children.push(item);
    else root ??= item;
  }
  if (!root) throw new Error("The record has no layer.");
  for (const item of layers.values()) item.children = bundled(folded(item.children));
  const ends = new Map(layers);
  for (const item of layers.values()) {
    if (!isGroup(item) && item !== root) continue;
    const isHearing = targets.has(item.key);
    if (isHearing || sources.has(item.key)) ends.set(item.key, addOwn(item, isHearing));
  }
  const { inputs, outputs } = boundariesOf(edges, layers);
  root.children = [...inputs, ...root.children, ...outputs];
  for (const item of [...inputs, ...outputs]) ends.set(item.key, item);
  const byKey = new Map<string, Item>();
  adopt(root, null, byKey);
  return { root, byKey, ends };
}

/** Returns the items from the model down to this one, both included. */
export function lineage(item: Item): Item[] {
  const chain: Item[] = [];
  for (let at: Item | null = item; at; at = at.parent) chain.push(at);
  return chain.reverse();
}

/** The groups that are open at first: the model, and what is the only layer of an open group. */
export function openAtFirst({ root }: Tree): string[] {
  const open: string[] = [];
  for (let at: Item | undefined = root; at; ) {
    open.push(at.key);
    const inside: Item[] = at.children.filter(
      ({ kind }) => kind === "layer" || kind === "repeats" || kind === "bundle",
    );
    at = inside.length === 1 && isGroup(inside[0] as Item) ? inside[0] : undefined;
  }
  return open;
}

export function isGroup({ children }: Item): boolean {
  return children.length > 0;
}

/** Returns the layers that an item stands for: itself, or all of its repeats or bundle. */
export function layersOf(item: Item): StructureNode[] {
  if (item.kind === "repeats" || item.kind === "bundle") return item.children.flatMap(layersOf);
  return item.node ? [item.node] : [];
}

/** The last part of a layer's path. */
export function ownName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function itemOf(kind: ItemKind, key: string, node: StructureNode | null, children: Item[] = []): Item {
  return { key, kind, node, parent: null, children, times: 1, isLoop: false };
}

function adopt(item: Item, parent: Item | null, byKey: Map<string, Item>): void {
  item.parent = parent;
  byKey.set(item.key, item);
  for (const child of item.children) adopt(child, item, byKey);
}

/** Returns a box, new among its children, for what a group computes itself. */
function addOwn(group: Item, isHearing: boolean): Item {
  const own = { ...itemOf("own", `${group.key} itself`, group.node), isLoop: group.isLoop };
  group.children = isHearing ? [...group.children, own] : [own, ...group.children];
  return own;
}

function boundariesOf(edges: readonly StructureEdge[], layers: ReadonlyMap<string, Item>) {
  const inputs = new Map<string, Item>();
  const outputs = new Map<string, Item>();
  for (const { source, target } of edges) {
    if (!layers.has(source)) inputs.set(source, itemOf("input", source, null));
    if (!layers.has(target)) outputs.set(target, itemOf("output", target, null));
  }
  const inOrder = [...outputs.values()].sort((one, other) => boundaryNumber(one) - boundaryNumber(other));
  return { inputs: [...inputs.values()], outputs: inOrder };
}

function boundaryNumber({ key }: Item): number {
  const number = Number(ownName(key));
  return Number.isNaN(number) ? 0 : number;
}

/** Returns the name of an input, or the number of an output where there are several. */
export function boundaryName({ key, kind, parent }: Item): string {
  if (kind === "input") return key.startsWith(INPUTS) ? key.slice(INPUTS.length) : key;
  const outputs = parent?.children.filter((other) => other.kind === kind) ?? [];
  return outputs.length > 1 ? `output ${ownName(key)}` : "output";
}

/** Puts siblings that the record says to repeat each other into one item, where the first is; `plot_structure` draws them so, too. */
function folded(siblings: Item[]): Item[] {
  const chains = new Map<string, Item[]>();
  for (const item of siblings) {
    const name = item.node?.repeats ? `repeats ${item.node.repeats}` : item.key;
    const chain = chains.get(name);
    if (chain) chain.push(item);
    else chains.set(name, [item]);
  }
  return [...chains.values()].map((chain) => (chain.length > 1 ? repeatsItem(chain) : (chain[0] as Item)));
}

function repeatsItem(members: Item[]): Item {
  const [first] = members as [Item];
  const times = members.length;
  return { ...itemOf("repeats", `${first.key} × ${times}`, first.node, bundled(members)), times };
}

/** Puts siblings that are too many to be drawn at once into bundles. */
function bundled(siblings: Item[]): Item[] {
  if (siblings.length <= MOST_SIBLINGS) return siblings;
  const count = Math.ceil(siblings.length / BUNDLE_SIZE);
  const bundles = Array.from({ length: count }, (_, which): Item => {
    const from = Math.round((which * siblings.length) / count);
    const children = siblings.slice(from, Math.round(((which + 1) * siblings.length) / count));
    const [first] = children as [Item];
    return itemOf("bundle", `${first.key} … ${children.length}`, first.node, children);
  });
  return bundled(bundles);
}
