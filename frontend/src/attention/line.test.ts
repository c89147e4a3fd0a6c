import { describe, expect, it } from "vitest";
import { plain } from "../language/sentence";
import { countLeftOut } from "./axis";
import { rowEntropy, weightsLine } from "./line";
import { partlyKnown, quantised } from "./testing";

const matrix = quantised([
  [0.5, 0.5, 0],
  [0.1, 0.2, 0.7],
]);
const axis = (tokens: string[]) => ({ tokens, shown: tokens.map((_, index) => index) });
const input = {
  queries: axis(["une", "pomme"]),
  keys: axis(["an", "apple", ""]),
  matrix,
  matrixB: null,
  isOfRuns: false,
  hover: { query: null, key: null },
  pinned: null,
};
const said = (some: Partial<Parameters<typeof weightsLine>[0]>) => {
  const sentence = weightsLine({ ...input, ...some });
  return sentence && plain(sentence);
};

describe("the reading line", () => {
  it("is empty where nothing is pointed at", () => {
    expect(said({})).toBeNull();
  });
  it("reads a cell, a query, a key", () => {
    expect(said({ hover: { query: 0, key: 1 } })).toBe("une → apple 0.500 · largest of this query 0.500");
    expect(said({ hover: { query: 0, key: null } })).toBe(
      "une looks at an 0.500, apple 0.500 · entropy 0.69 nats, 2.00 effective keys",
    );
    expect(said({ hover: { query: null, key: 2 } })).toMatch(/^∅ is looked at by pomme 0\.7\d*$/);
    expect(said({ pinned: 1 })).toMatch(/^pomme looks at ∅ 0\.7/);
    expect(said({ pinned: 7 })).toBeNull();
  });
  it("compares A with B, and tells where they differ most", () => {
    const matrixB = quantised([
      [0.5, 0.5, 0],
      [0.6, 0.2, 0.2],
    ]);
    expect(said({ matrixB, hover: { query: 1, key: 0 } })).toMatch(/^pomme → an 0\.\d+ at A, 0\.6\d* at B$/);
    expect(said({ matrixB })).toMatch(/^Largest change: pomme → (an|∅) .* \([+−]0\.\d+\)\.$/);
    expect(said({ matrixB, isOfRuns: true })).toMatch(/^Largest difference/);
  });
});

it("entropy counts weights as shares, by their size", () => {
  expect(rowEntropy(matrix, 0)).toBeCloseTo(Math.log(2));
  expect(rowEntropy({ ...matrix, negative: Uint8Array.of(1, 0, 0, 0, 0, 0) }, 0)).toBeCloseTo(Math.log(2));
  expect(rowEntropy(quantised([[0, 0]]), 0)).toBe(0);
  expect(rowEntropy(quantised([[Number.NaN, 1]]), 0)).toBeNaN();
});

it("an axis counts once, on whichever side", () => {
  const cut = { tokens: ["a", "", ""], shown: [0] };
  expect(
    countLeftOut([
      { name: "source", axis: cut },
      { name: "source", axis: cut },
    ]),
  ).toBe(2);
  expect(
    countLeftOut([
      { name: "source", axis: cut },
      { name: "target", axis: cut },
    ]),
  ).toBe(4);
});

it("says of what is not known what it is at most", () => {
  const some = partlyKnown(
    [
      [0.5, 0.3, 0.2],
      [0.1, 0.2, 0.7],
    ],
    [
      [1, 1, 1],
      [0, 1, 1],
    ],
  );
  const read = (query: number | null, key: number | null) => said({ matrix: some, hover: { query, key } });
  expect(read(1, 0)).toMatch(
    /^pomme → an ≤ 0\.\d+ · largest of this query 0\.700 · ≤: the most it can be; .* not kept$/,
  );
  expect(read(1, 1)).toMatch(/^pomme → apple 0\.\d+ · largest of this query 0\.700$/);
  // The entropy of a query of which all is known, and that of one of which it is not.
  expect(read(0, null)).toContain("entropy");
  expect(read(1, null)).toMatch(/^pomme looks at ∅ 0\.700, apple 0\.\d+$/);
  expect(read(null, 0)).toMatch(/^an is looked at by une 0\.500, pomme ≤ 0\.\d+$/);
  expect(said({ matrix: some, matrixB: matrix })).not.toContain("pomme → an");
});
