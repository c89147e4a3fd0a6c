import { describe, expect, it } from "vitest";
import { createLayouter } from "../layout/layout";
import { structureHeader } from "../testing";
import { buildTree, type Item } from "../tree";
import { liftEdges } from "./lines";
import { flowOf, moveFrom } from "./navigate";
import { partOf, type Scene, type Source, sceneOf, specOf } from "./scene";

const header = structureHeader(
  ["encoder", "encoder/embedding", "encoder/gru", "decoder", "decoder/gru", "decoder/attention"],
  [
    ["inputs/source", "encoder/embedding"],
    ["encoder/embedding", "encoder/gru"],
    ["encoder/gru", "encoder/gru"],
    ["encoder/gru", "decoder/gru"],
    ["encoder/gru", "decoder/attention"],
    ["decoder/gru", "decoder/attention"],
    ["decoder/attention", "outputs/0"],
  ],
);
const tree = buildTree(header);
const widthOf = (text: string) => 6 * text.length;

function draw(...open: string[]): Scene {
  const source: Source = {
    tree,
    tensors: header.tensors,
    lines: liftEdges(tree, header.edges),
    open: new Set(["model", ...open]),
    labels: "axes",
    fonts: { name: widthOf, small: widthOf },
  };
  return sceneOf(source, createLayouter()(specOf(source)));
}
const boxOf = (scene: Scene, key: string) => scene.boxes.find(({ item }) => item.key === key);

describe("the drawing", () => {
  it("shows closed groups as boxes and open ones around what is in them", () => {
    expect(draw().boxes.map(({ item }) => item.key)).toEqual([
      "model",
      "inputs/source",
      "encoder",
      "decoder",
      "outputs/0",
    ]);
    const open = draw("decoder");
    const [group, inner] = [boxOf(open, "decoder"), boxOf(open, "decoder/attention")];
    if (!group || !inner) throw new Error("not drawn");
    expect(group.isOpen).toBe(true);
    expect(inner.x).toBeGreaterThan(group.x);
    expect(inner.y + inner.height).toBeLessThan(group.y + group.height);
  });

  it("names a tensor once along its way, and gives its arrow to where it ends", () => {
    const scene = draw("encoder", "decoder");
    const through = scene.lines.filter(({ line }) => line.edges.includes(4));
    expect(through).toHaveLength(3);
    expect(through.filter(({ label }) => label !== null)).toHaveLength(1);
    expect(through.filter(({ arrow }) => arrow !== "")).toHaveLength(1);
  });

  it("gives parts of itself", () => {
    const scene = draw();
    const { x, y, width, height } = boxOf(scene, "decoder") as Scene["boxes"][number];
    const part = partOf(scene, { x: x + 1, y: y + 1, width: width - 2, height: height - 2 });
    expect(part.boxes.map(({ item }) => item.key)).toEqual(["model", "decoder"]);
    expect(part.lines).toEqual([]);
  });
});

describe("moving by keys", () => {
  const go = (scene: Scene, from: string | null, direction: "up" | "down" | "left" | "right") => {
    const ends = header.edges.map(
      ({ source, target }) => [tree.ends.get(source) as Item, tree.ends.get(target) as Item] as const,
    );
    return moveFrom(scene, flowOf(scene, ends), from, direction);
  };

  it("goes along what flows, into open groups and past closed ones", () => {
    expect(go(draw(), null, "down")).toBe("inputs/source");
    expect(go(draw(), "encoder", "down")).toBe("decoder");
    expect(go(draw("decoder"), "encoder", "down")).toBe("decoder/gru");
    expect(go(draw("decoder"), "decoder/gru", "up")).toBe("encoder");
    expect(go(draw("decoder"), "decoder", "down")).toBe("decoder/gru");
    expect(go(draw(), "outputs/0", "down")).toBeNull();
  });

  it("goes sideways to what is as high", () => {
    const scene = draw();
    expect(go(scene, "encoder", "left")).toBeNull();
  });
});
