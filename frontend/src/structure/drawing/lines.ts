/** What flows between layers, lifted to the items of a group that hold them: each line stands for all tensors that go its way. */

import type { StructureEdge } from "../../wire/schema.gen";
import { type Item, lineage, type Tree } from "../tree";
import type { EdgeKind } from "../types";

/** From one child of a group to another, or between a child and the border of the group. */
export interface Line {
  /** Keys of children, or of ports. */
  from: string;
  to: string;
  kind: EdgeKind;
  /** Indices of the record's edges. */
  edges: number[];
  /** Of each edge which tensor it is there; indices of the record's tensors. */
  carried: number[];
}

/** Where lines pass the border of a group; named by what is at their other end, and so the same whatever is open. */
export interface GroupLines {
  lines: Line[];
  /** Above, in the order of their first tensor. */
  ins: string[];
  /** Below. */
  outs: string[];
}

/** The port of a group for all lines of a kind that come from an item outside. */
export function inPort(from: string, kind: EdgeKind): string {
  return `in ${kind} ${from}`;
}

/** The port of a group for all lines of a kind that go to an item outside. */
export function outPort(to: string, kind: EdgeKind): string {
  return `out ${kind} ${to}`;
}

/** Returns the tensors of a line, each once. */
export function tensorsOf({ carried }: Line): number[] {
  return [...new Set(carried)];
}

/** Returns the lines of every group by its key; of the kinds that are hidden none. */
export function liftEdges(
  { byKey, ends }: Tree,
  edges: readonly StructureEdge[],
  hidden: ReadonlySet<EdgeKind> = new Set(),
): Map<string, GroupLines> {
  const groups = new Map<string, GroupLines>();
  const known = new Map<string, Line>();
  const lineages = new Map<string, Item[]>();
  const lineageOf = (key: string) => {
    const found = lineages.get(key) ?? lineage(ends.get(key) as Item);
    lineages.set(key, found);
    return found;
  };
  const add = (group: Item, from: string, to: string, edge: number, tensor: number) => {
    const { kind } = edges[edge] as StructureEdge;
    const name = `${group.key}\n${from}\n${to}\n${kind}`;
    let line = known.get(name);
    if (!line) {
      line = { from, to, kind, edges: [], carried: [] };
      known.set(name, line);
      const lifted = groups.get(group.key) ?? { lines: [], ins: [], outs: [] };
      lifted.lines.push(line);
      groups.set(group.key, lifted);
    }
    line.edges.push(edge);
    line.carried.push(tensor);
  };

  edges.forEach((edge, number) => {
    const { source, target, kind } = edge;
    if (hidden.has(kind)) return;
    const above = lineageOf(source);
    const below = lineageOf(target);
    let shared = 0;
    while (shared < above.length && above[shared] === below[shared]) shared++;
    if (shared === above.length && shared === below.length) {
      // A layer that hears itself.
      const [itself, parent] = [above[shared - 1] as Item, above[shared - 2]];
      if (parent) add(parent, itself.key, itself.key, number, edge.tensor);
      return;
    }
    const [from, to] = [(above[shared] as Item).key, (below[shared] as Item).key];
    let tensor = edge.tensor;
    const leaves = atBorders(above.slice(shared, -1).reverse(), edge.leaves);
    for (let at = above.length - 2; at >= shared; at--) {
      add(above[at] as Item, (above[at + 1] as Item).key, outPort(to, kind), number, tensor);
      tensor = leaves.get(above[at] as Item) ?? tensor;
    }
    add(above[shared - 1] as Item, from, to, number, tensor);
    const enters = atBorders(below.slice(shared, -1).reverse(), edge.enters);
    for (let at = shared; at < below.length - 1; at++) {
      tensor = enters.get(below[at] as Item) ?? tensor;
      add(below[at] as Item, inPort(from, kind), (below[at + 1] as Item).key, number, tensor);
    }
  });
  for (const group of groups.values()) {
    const isPort = (end: string) => !byKey.has(end);
    group.ins = [...new Set(group.lines.map(({ from }) => from).filter(isPort))];
    group.outs = [...new Set(group.lines.map(({ to }) => to).filter(isPort))];
  }
  return groups;
}

/** Returns which tensor passes the border of each group, as far as that is known; `groups`: the innermost first. */
function atBorders(groups: readonly Item[], tensors: readonly number[]): Map<Item, number> {
  // What stands for several layers has no border of its own.
  const layers = groups.filter(({ kind }) => kind === "layer");
  return new Map(
    layers.flatMap((group, index): [Item, number][] => {
      const tensor = tensors[index] ?? -1;
      return tensor < 0 ? [] : [[group, tensor]];
    }),
  );
}
