import type { StructureEdge, StructureNode } from "../wire/schema.gen";

export type EdgeKind = StructureEdge["kind"];
export type LayerRole = StructureNode["role"];
