/** Structures for the gallery. */

import { liftEdges } from "../src/structure/drawing/lines";
import { type Scene, type Source, sceneOf, specOf } from "../src/structure/drawing/scene";
import { createLayouter } from "../src/structure/layout/layout";
import { structureEdge, structureHeader, structureNode } from "../src/structure/testing";
import { buildTree } from "../src/structure/tree";
import { measureWith } from "../src/tokens/labels";
import type { StructureHeader, StructureNode } from "../src/wire/schema.gen";

const sequence = { shape: [-1, 12, 64], axes: ["batch", "time", "features"], dtype: "float32" };
const tokens = { shape: [-1, 12], axes: ["batch", "time"], dtype: "int32" };
const state = { shape: [-1, 64], axes: ["batch", "units"], dtype: "float32", kind: "state" as const };
const mask = { ...tokens, dtype: "bool", kind: "mask" as const };

/** An encoder and a decoder as someone would write them: states, masks, loops, weights used twice, a layer never called. */
export function translator(): StructureHeader {
  const layer = (path: string, class_name: string, total: number, more: Partial<StructureNode> = {}) =>
    structureNode(path, { class_name, total, parameters: total, trainable: total, ...more });
  return structureHeader(
    [
      layer("encoder", "Encoder", 60_000, { role: "encoder" }),
      layer("encoder/embedding", "Embedding", 32_000, { role: "embedding" }),
      layer("encoder/gru", "GRU", 25_000),
      layer("encoder/gru/cell", "GRUCell", 25_000, { calls: 12 }),
      layer("decoder", "Decoder", 120_000, { role: "decoder" }),
      layer("decoder/embedding", "Embedding", 32_000, { role: "embedding", shared_with: "encoder/embedding" }),
      layer("decoder/gru", "GRU", 25_000),
      layer("decoder/cross_attention_over_the_encoder", "MultiHeadAttention", 16_600, { role: "attention" }),
      layer("decoder/norm", "LayerNormalization", 128),
      layer("decoder/vocabulary", "Dense", 32_500, { role: "output" }),
      layer("never", "Dropout", 0, { calls: 0 }),
    ],
    [
      structureEdge("inputs/source", "encoder/embedding", tokens),
      structureEdge("encoder/embedding", "encoder/gru/cell", sequence),
      structureEdge("encoder/gru/cell", "encoder/gru/cell", state),
      structureEdge("encoder/embedding", "encoder/gru/cell", mask),
      structureEdge("inputs/target", "decoder/embedding", tokens),
      structureEdge("decoder/embedding", "decoder/gru", sequence),
      structureEdge("encoder/gru/cell", "decoder/gru", state),
      structureEdge("decoder/gru", "decoder/cross_attention_over_the_encoder", sequence),
      structureEdge("encoder/gru/cell", "decoder/cross_attention_over_the_encoder", sequence),
      structureEdge("encoder/embedding", "decoder/cross_attention_over_the_encoder", mask),
      structureEdge("decoder/gru", "decoder/norm", sequence),
      structureEdge("decoder/cross_attention_over_the_encoder", "decoder/norm", sequence),
      structureEdge("decoder/norm", "decoder/vocabulary", sequence),
      structureEdge("decoder/vocabulary", "outputs/0", { ...sequence, axes: ["batch", "time", "vocabulary"] }),
    ],
  );
}

/** Blocks one after the other, each of attention and two dense layers. */
export function blocks(count: number): StructureHeader {
  const parts = ["norm", "attention", "up", "down"];
  const paths = Array.from({ length: count }, (_, at) => `block_${at}`);
  const nodes = paths.flatMap((path) => [
    structureNode(path, { class_name: "TransformerDecoder", total: 7_000_000, repeats: "block" }),
    ...parts.map((part) =>
      structureNode(`${path}/${part}`, {
        class_name: part === "attention" ? "MultiHeadAttention" : part === "norm" ? "LayerNormalization" : "Dense",
        total: 1_700_000,
        role: part === "attention" ? "attention" : "",
      }),
    ),
  ]);
  const edges = paths.flatMap((path, at) => {
    const before = at === 0 ? "embedding" : `block_${at - 1}/down`;
    return [
      [before, `${path}/norm`],
      [`${path}/norm`, `${path}/attention`],
      [before, `${path}/up`],
      [`${path}/attention`, `${path}/up`],
      [`${path}/up`, `${path}/down`],
    ] as const;
  });
  const embedding = structureNode("embedding", { class_name: "Embedding", role: "embedding", total: 38_000_000 });
  const head = structureNode("head", { role: "output", total: 38_000_000 });
  return structureHeader(
    [embedding, ...nodes, head],
    [["inputs/tokens", "embedding"], ...edges, [`block_${count - 1}/down`, "head"], ["head", "outputs/0"]],
  );
}

/** Names that no drawing expects. */
export function hostile(): StructureHeader {
  const names = [
    "編碼器的第一層",
    "a_name_without_any_end_so_that_it_has_to_be_cut_somewhere",
    "<script>&amp;",
    "طبقة",
    "a∕b",
    ".",
  ];
  const nodes = names.map((name) => structureNode(name, { class_name: `${name}_class`, calls: -1 }));
  const edges = names.map((name, at) => [names[at - 1] ?? "inputs/x", name] as const);
  return structureHeader(nodes, [...edges, [names.at(-1) as string, names[0] as string]]);
}

/** Draws a structure with some groups open. */
export function draw(header: StructureHeader, ...open: string[]): Scene {
  const tree = buildTree(header);
  const source: Source = {
    tree,
    tensors: header.tensors,
    lines: liftEdges(tree, header.edges),
    open: new Set(["model", ...open]),
    labels: "axes",
    fonts: {
      name: measureWith("500 12px Roboto, system-ui, sans-serif"),
      small: measureWith("10px Roboto, system-ui, sans-serif"),
    },
  };
  return sceneOf(source, createLayouter()(specOf(source)));
}
