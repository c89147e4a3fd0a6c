/** Structures for tests. */

import type { StructureEdge, StructureHeader, StructureNode, StructureTensor } from "../wire/schema.gen";
import type { GroupSpec } from "./layout";

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

export function structureEdge(source: string, target: string, some: Partial<StructureEdge> = {}): StructureEdge {
  return { source, target, tensor: 0, leaves: [], enters: [], label: "inputs", operations: "", kind: "data", ...some };
}

export function structureTensor(some: Partial<StructureTensor> = {}): StructureTensor {
  return { name: "", shape: [-1, 8], axes: ["batch", "features"], dtype: "float32", ...some };
}

/** The model itself is called "model"; edges that are only ends carry one tensor for each source. */
export function structureHeader(
  nodes: readonly (string | StructureNode)[],
  edges: readonly (readonly [string, string] | StructureEdge)[] = [],
): StructureHeader {
  const sources = [...new Set(edges.map((edge) => ("source" in edge ? edge.source : edge[0])))];
  return {
    version: 1,
    kind: "structure",
    record: 1,
    name: "model",
    nodes: [
      structureNode("model", { parent: "" }),
      ...nodes.map((node) => (typeof node === "string" ? structureNode(node) : node)),
    ],
    tensors: sources.map(() => structureTensor()),
    edges: edges.map((edge) =>
      "source" in edge ? edge : structureEdge(edge[0], edge[1], { tensor: sources.indexOf(edge[0]) }),
    ),
    notes: [],
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
