import { describe, expect, test } from "vitest";
import { generateTree } from "../../../gallery/samplesData";
import type { BeamNode } from "../types";
import { GAP, layoutTree, ROOT, type TreeLayout } from "./treeLayout";

const node = (parent: number, token: string, score = 0, best = false): BeamNode => ({
  parent,
  token,
  probability: 0.5,
  score,
  best,
  end: false,
});
const widthOf = ({ token }: BeamNode) => 10 * token.length;
const told = ({ chains }: TreeLayout, nodes: BeamNode[]) =>
  chains.map(({ tokens, row, left }) => `${left},${row} ${tokens.map(({ node }) => nodes[node]?.token).join("")}`);

describe("layoutTree", () => {
  test("nothing for no nodes", () => {
    expect(layoutTree([], widthOf)).toEqual({ chains: [], rows: 0, width: ROOT });
  });
  test("one hypothesis is one line of text", () => {
    const nodes = [node(-1, "a"), node(0, "bc"), node(1, "d")];
    const layout = layoutTree(nodes, widthOf);
    expect(told(layout, nodes)).toEqual([`${ROOT},0 abcd`]);
    expect(layout.chains[0]?.tokens.map(({ left }) => left - ROOT)).toEqual([0, 10, 30]);
    expect(layout.width).toBe(ROOT + 40);
  });
  test("the best hypothesis is straight on top, whatever the scores", () => {
    const nodes = [
      node(-1, "x", 9),
      node(-1, "a", 1, true),
      node(1, "y", 8),
      node(1, "b", 2, true),
      node(3, "c", 0, true),
    ];
    const second = ROOT + 10 + GAP;
    expect(told(layoutTree(nodes, widthOf), nodes)).toEqual([
      `${ROOT},0 a`,
      `${ROOT},1 x`,
      `${second},0 bc`,
      `${second},1 y`,
    ]);
  });
  test("tokens go on below each other where another chain begins", () => {
    // "aaaa" and "b" begin, then "c" goes on from "b" while "aaaa" branches into "x" and "y".
    const nodes = [node(-1, "aaaa", 0, true), node(-1, "b"), node(0, "x", 0, true), node(0, "y"), node(1, "c")];
    const { chains } = layoutTree(nodes, widthOf);
    const lefts = chains.flatMap(({ tokens, row }) => tokens.map(({ node: n, left }) => [nodes[n]?.token, row, left]));
    const second = ROOT + 40 + GAP;
    expect(lefts).toEqual([
      ["aaaa", 0, ROOT],
      ["b", 1, ROOT],
      ["c", 1, second],
      ["x", 0, second],
      ["y", 2, second],
    ]);
  });
  test("what has ended frees its row", () => {
    const nodes = [
      node(-1, "a", 0, true),
      node(-1, "z"),
      node(0, "b", 0, true),
      node(0, "y"),
      node(2, "c", 0, true),
      node(2, "x"),
    ];
    expect(
      layoutTree(nodes, widthOf).chains.map(({ row, tokens }) => [nodes[tokens[0]?.node ?? -1]?.token, row]),
    ).toEqual([
      ["a", 0],
      ["z", 1],
      ["b", 0],
      ["y", 1],
      ["c", 0],
      ["x", 1],
    ]);
  });

  const trees = [1, 2, 3].map((seed) => generateTree(4, 200, ["the", "internationalization", "a", "x", " of"], seed));
  const layouts = trees.map((nodes) => layoutTree(nodes, widthOf));

  test("4 beams of 200 tokens: every token once, none overlaps another", () => {
    layouts.forEach(({ chains }, i) => {
      expect(chains.flatMap(({ tokens }) => tokens.map(({ node: n }) => n)).sort((a, b) => a - b)).toEqual(
        trees[i]?.map((_, n) => n),
      );
      for (const row of new Set(chains.map((chain) => chain.row))) {
        const sorted = chains.filter((chain) => chain.row === row).sort((one, other) => one.left - other.left);
        for (const [n, { left }] of sorted.slice(1).entries()) {
          expect(left).toBeGreaterThanOrEqual((sorted[n]?.right ?? 0) + GAP);
        }
      }
    });
  });
  test("4 beams of 200 tokens: few rows, the best on top", () => {
    layouts.forEach(({ chains, rows }, i) => {
      expect(rows).toBeLessThanOrEqual(5);
      const best = chains.filter(({ tokens }) => trees[i]?.[tokens[0]?.node ?? -1]?.best);
      expect(best.every(({ row }) => row === 0)).toBe(true);
    });
  });
  test("no line to a chain crosses a token: where chains begin, no row has one", () => {
    for (const { chains } of layouts) {
      const tokens = chains.flatMap(({ tokens }) => tokens);
      for (const begin of new Set(chains.map(({ left }) => left))) {
        const inGap = tokens.filter(({ left, width }) => left < begin && left + width > begin - GAP);
        expect(inGap).toEqual([]);
      }
    }
  });
});
