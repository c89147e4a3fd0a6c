import { describe, expect, it } from "vitest";
import { nameOf } from "./drawing/boxes";
import { findLayers } from "./find";
import { structureHeader, structureNode } from "./testing";
import { buildTree, type Item, layersOf, MOST_SIBLINGS, openAtFirst } from "./tree";

const keys = (items: readonly Item[]) => items.map(({ key }) => key);
const alike = (path: string, repeats = "block") => structureNode(path, { repeats });

describe("the tree of a record", () => {
  it("holds layers in their parents, inputs before and outputs after all", () => {
    const { root, byKey } = buildTree(
      structureHeader(
        ["encoder", "encoder/gru", "decoder", "decoder/gru"],
        [
          ["inputs/target", "decoder/gru"],
          ["inputs/source", "encoder/gru"],
          ["decoder/gru", "outputs/10"],
          ["decoder/gru", "outputs/9"],
        ],
      ),
    );
    expect(keys(root.children)).toEqual([
      "inputs/target",
      "inputs/source",
      "encoder",
      "decoder",
      "outputs/9",
      "outputs/10",
    ]);
    expect(byKey.get("decoder/gru")?.parent?.key).toBe("decoder");
    expect(root.children.map(nameOf)).toEqual(["target", "source", "encoder", "decoder", "output 9", "output 10"]);
  });

  it("folds siblings that repeat each other, whatever else is called between them", () => {
    const { root } = buildTree(
      structureHeader(["first", alike("a"), "between", alike("b"), alike("x", "y"), alike("c")]),
    );
    expect(keys(root.children)).toEqual(["first", "a × 3", "between", "x"]);
    const [, repeats] = root.children as [Item, Item];
    expect([repeats.times, keys(repeats.children)]).toEqual([3, ["a", "b", "c"]]);
  });

  it("has a box for what a model, or a group in it, computes itself", () => {
    const { root, ends } = buildTree(
      structureHeader(
        ["a", "a/x", "b", "b/y"],
        [
          ["inputs/x", "model"],
          ["model", "outputs/0"],
          ["a", "a/x"],
          ["b/y", "b"],
        ],
      ),
    );
    expect(keys(root.children)).toEqual(["inputs/x", "a", "b", "model itself", "outputs/0"]);
    expect(["a", "b"].map((key) => keys(ends.get(key)?.parent?.children ?? []))).toEqual([
      ["a itself", "a/x"],
      ["b/y", "b itself"],
    ]);
  });

  it("bundles what is too much to draw, so that no group holds more than can be", () => {
    const nodes = Array.from({ length: 12_000 }, (_, at) => `layer_${at}`);
    const { root, byKey } = buildTree(structureHeader(nodes));
    expect(layersOf(root.children[0] as Item)[0]?.path).toBe("layer_0");
    for (const item of byKey.values()) expect(item.children.length).toBeLessThanOrEqual(MOST_SIBLINGS);
    expect(root.children.flatMap(layersOf)).toHaveLength(12_000);
  });

  it("opens the only layer of the model", () => {
    const nested = buildTree(structureHeader(["wrapper", "wrapper/a", "wrapper/b", "wrapper/b/c"]));
    expect(openAtFirst(nested)).toEqual(["model", "wrapper"]);
    expect(openAtFirst(buildTree(structureHeader(["a", "a/x", "b"])))).toEqual(["model"]);
  });

  it("is searched by path and class", () => {
    const tree = buildTree(
      structureHeader([structureNode("decoder"), structureNode("decoder/gru", { class_name: "GRU" }), "encoder"]),
    );
    expect(keys(findLayers(tree, "GRU"))).toEqual(["decoder/gru"]);
    expect(keys(findLayers(tree, "dec dense"))).toEqual(["decoder"]);
    expect(findLayers(tree, " ")).toEqual([]);
  });
});
