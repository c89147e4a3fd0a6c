import { describe, expect, it } from "vitest";
import type { StructureHeader } from "../../wire/schema.gen";
import { createLayouter } from "../layout/layout";
import { structureEdge, structureHeader, structureNode, structureTensor } from "../testing";
import { buildTree } from "../tree";
import { liftEdges } from "./lines";
import { PLAIN_FONTS } from "./plainFonts";
import { type Scene, type Source, sceneOf, specOf } from "./scene";
import { drawStructure } from "./standalone";

const draw = (header: StructureHeader, depth: number | null = null, own: string[] = []) =>
  drawStructure(JSON.stringify(header), JSON.stringify({ depth, own }));

function decoded(text: string): string {
  return text.replaceAll("&#10;", "\n").replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

/** The boxes of a file: by the item that they stand for, how large they are. */
function boxesIn(svg: string): Record<string, string> {
  const frames = [...svg.matchAll(/<rect data-box="([^"]*)" x="\S+" y="\S+" (width="\S+" height="\S+")/g)];
  const groups = [...svg.matchAll(/<g data-box="([^"]*)">(.*?)<\/g>/gs)];
  const sizes = groups.map(([, key, inside]) => [key, inside?.match(/width="\S+" height="\S+"/)?.[0] ?? ""] as const);
  const all = [...frames.map(([, key, size]) => [key, size] as const), ...sizes.filter(([, size]) => size !== "")];
  return Object.fromEntries(all.map(([key, size]) => [decoded(key as string), size as string]));
}

function linesIn(svg: string): string[] {
  return [...svg.matchAll(/<path data-line="([^"]*)"/g)].map(([, key]) => decoded(key as string));
}

/** As the page lays it out. */
function sceneOfPage(header: StructureHeader, open: readonly string[]): Scene {
  const tree = buildTree(header);
  const lines = liftEdges(tree, header.edges);
  const source: Source = {
    tree,
    tensors: header.tensors,
    lines,
    open: new Set(open),
    labels: "axes",
    fonts: PLAIN_FONTS,
  };
  return sceneOf(source, createLayouter()(specOf(source)));
}

/** Blocks of two layers, the second of which hears what the block hears, too. */
function blocks(count: number, repeats = "Block 1"): StructureHeader {
  const tensors = [structureTensor([-1, 4])];
  const edge = (source: string, target: string) => structureEdge(source, target, { tensor: 0 });
  const paths = Array.from({ length: count }, (_, at) => `block_${at}`);
  return structureHeader(
    paths.flatMap((path) => [
      structureNode(path, { class_name: "Block", repeats, total: 20 }),
      structureNode(`${path}/a`),
      structureNode(`${path}/b`),
    ]),
    [
      ...paths.flatMap((path, at) => {
        const before = at === 0 ? "inputs/x" : `block_${at - 1}/b`;
        return [edge(before, `${path}/a`), edge(`${path}/a`, `${path}/b`), edge(before, `${path}/b`)];
      }),
      edge(`block_${count - 1}/b`, "outputs/0"),
    ],
    tensors,
  );
}

describe("a drawing outside of a browser", () => {
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

  it("has the boxes and lines of the page", () => {
    for (const open of [["model"], ["model", "encoder"], ["model", "encoder", "decoder"]]) {
      const scene = sceneOfPage(header, open);
      const svg = draw(header, null, open.slice(1));
      expect(boxesIn(svg)).toEqual(
        Object.fromEntries(
          scene.boxes.map(({ item, width, height }) => [item.key, `width="${width}" height="${height}"`]),
        ),
      );
      expect(linesIn(svg)).toEqual(scene.lines.map(({ key }) => key));
      for (const { path } of scene.lines) expect(svg).toContain(`d="${path}"`);
    }
  });

  it("shows of layers built alike what is in the first", () => {
    const svg = draw(blocks(12), 2);
    expect(Object.keys(boxesIn(svg))).toEqual([
      "model",
      "block_0 × 12",
      "block_0",
      "inputs/x",
      "outputs/0",
      "block_0/a",
      "block_0/b",
    ]);
    expect(linesIn(svg)).toHaveLength(8);
    expect(svg).not.toContain("tensors");
    expect(Object.keys(boxesIn(draw(blocks(250), 2)))).toHaveLength(8);
  });

  it("shows fewer levels where they are too many for one look", () => {
    const own = Array.from({ length: 99 }, (_, at) => `block_${at}`);
    const many = structureHeader(
      own.flatMap((path) => [path, ...Array.from({ length: 5 }, (_, at) => `${path}/${at}`)]),
    );
    expect(Object.keys(boxesIn(draw(many, null, own)))).toHaveLength(100);
    expect(Object.keys(boxesIn(draw(many, null, own.slice(0, 9))))).toHaveLength(100 + 9 * 5);
  });

  it("never cuts a text", () => {
    const name = "とても長い名前の層".repeat(5);
    const svg = draw(structureHeader([name]));
    expect(svg).toContain(`>${name}</text>`);
    const width = Number(/width="([\d.]+)/.exec(boxesIn(svg)[name] as string)?.[1]);
    expect(width).toBeGreaterThan(13 * name.length);
  });

  it("is sound XML whatever layers are called", () => {
    const svg = draw(structureHeader(['<b>"&\u0000-->']));
    for (const unsound of ["<b>", "<!--", "\u0000"]) expect(svg).not.toContain(unsound);
    expect(svg).toContain("&lt;b>");
  });

  it("says what colours, dashes and layers are about", () => {
    const noted = structureHeader(
      [
        structureNode("a", { role: "output", notes: ["Never called."] }),
        structureNode("b", { notes: ["Never called."] }),
      ],
      [structureEdge("a", "b", { kind: "state" })],
    );
    const svg = draw({ ...noted, notes: ["One of two."] });
    for (const text of ["output head", "state", "One of two.", "a and 1 more: Never called."])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toMatch(/>(encoder|mask)<\/text>/);
  });
});
