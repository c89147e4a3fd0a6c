/** Structures for tests. */

import type { StructureEdge, StructureHeader, StructureNode, StructureTensor } from "../wire/schema.gen";
import { createLayouter, type GroupSpec } from "./layout/layout";
import type { LayoutWorker } from "./layout/layouter";

export function structureNode(path: string, some: Partial<StructureNode> = {}): StructureNode {
  return {
    path,
    class_name: "Dense",
    parent: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "model",
    parameters: 0,
    total: 0,
    trainable: 0,
    inputs: [],
    outputs: [],
    dtype: "float32",
    role: "",
    calls: 1,
    shared_with: "",
    repeats: "",
    attention: "",
    config: {},
    notes: [],
    ...some,
  };
}

/** An edge with its tensor. */
type Carried = StructureEdge & Omit<StructureTensor, "name">;

/** `some.tensor` is to be given only together with those of a header. */
export function structureEdge(source: string, target: string, some: Partial<Carried> = {}): Carried {
  const tensor = { ...structureTensor([-1, 8]), tensor: -1, leaves: [], enters: [] };
  return { source, target, ...tensor, label: "inputs", operations: "", kind: "data", ...some };
}

export function structureTensor(shape: number[]): StructureTensor {
  return { name: "", shape, axes: ["batch", "features", "", ""].slice(0, shape.length), dtype: "float32" };
}

/** The model itself is called "model". A layer returns one tensor of each shape, where edges do not say which of `tensors` they carry. */
export function structureHeader(
  nodes: readonly (string | StructureNode)[],
  edges: readonly (readonly [string, string] | Carried)[] = [],
  tensors: readonly StructureTensor[] = [],
): StructureHeader {
  const all = [...tensors];
  const known = new Map<string, number>();
  const carried = edges.map((given): StructureEdge => {
    const { shape, axes, dtype, ...edge } = "source" in given ? given : structureEdge(given[0], given[1]);
    if (edge.tensor >= 0) return edge;
    const name = `${edge.source} ${shape} ${dtype}`;
    const tensor = known.get(name) ?? all.push({ name: "", shape, axes, dtype }) - 1;
    known.set(name, tensor);
    return { ...edge, tensor };
  });
  return {
    version: 1,
    kind: "structure",
    record: 1,
    name: "model",
    nodes: [
      structureNode("model", { parent: "" }),
      ...nodes.map((node) => (typeof node === "string" ? structureNode(node) : node)),
    ],
    tensors: all,
    edges: carried,
    notes: [],
    remarks: [],
  };
}

/** A group in which each box hears one or two of the eight before it. */
export function exampleSpec(boxes: number): GroupSpec {
  const line = (from: string, to: string) => ({ from, to, fromPort: "", toPort: "", labelWidth: 110, labelHeight: 14 });
  const before = (box: number, salt: number) => String(Math.max(0, box - 1 - ((box * salt) % 8)));
  const places = Array.from({ length: boxes }, (_, box) => box);
  return {
    boxes: places.map((box) => ({ key: String(box), width: 110, height: 44, group: null })),
    lines: [
      line("in", "0"),
      ...places
        .slice(1)
        .flatMap((box) => [...new Set([before(box, 5), before(box, 3)])].map((from) => line(from, String(box)))),
      line(String(boxes - 1), "out"),
    ],
    ins: ["in"],
    outs: ["out"],
    titleWidth: 80,
    titleHeight: 22,
  };
}

/** Lays out what it was asked last, when it is told to. */
export class TestWorker implements LayoutWorker {
  onmessage: Worker["onmessage"] = null;
  onerror: Worker["onerror"] = null;
  asked: GroupSpec[] = [];
  #layOut = createLayouter();

  postMessage(spec: GroupSpec): void {
    this.asked.push(structuredClone(spec));
  }

  answer(): void {
    const data = this.#layOut(this.asked.at(-1) as GroupSpec);
    this.onmessage?.call(this as unknown as Worker, { data } as MessageEvent);
  }

  terminate(): void {}
}
