import { describe, expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../testing/records";
import { placesIn } from "../tokens/alignment";
import { compare } from "./compare";
import { differenceOf } from "./difference";
import type { LoadedRecord } from "./record/record";
import { quantised } from "./testing";
import { weightAt } from "./weights";

/** Weight 1 / (1 + place of the key in the alphabet), whatever the query: what is compared can be told from its token. */
const weightOf = (query: string, key: string) => 1 / (1 + query.charCodeAt(0) + key.charCodeAt(0) - 2 * 97);

function record(queries: string, keys = queries): LoadedRecord {
  const [rows, columns] = [[...queries], [...keys]];
  const axis = keys === queries ? "text" : "source";
  const layer = layerHeader({ queries: rows.length, keys: columns.length, query_axis: "text", key_axis: axis });
  const matrix = quantised(rows.map((query) => columns.map((key) => weightOf(query, key))));
  return {
    address: { run: "run", tag: "attention/probe", step: 0, written: 0 },
    header: { ...attentionHeader([layer]), axes: { [axis]: columns, text: rows } },
    layer: 0,
    head: 0,
    heads: [0],
    matrices: new Map([[0, matrix]]),
    thumbnails: [],
  };
}

describe("tokens in common", () => {
  it.each<[string, string, number[] | null]>([
    ["abc", "abc", [0, 1, 2]],
    ["abcd", "bxd", [-1, 0, -1, 2]],
    ["ab", "", [-1, -1]],
    ["", "ab", []],
    ["aab", "ab", [-1, 0, 1]],
  ])("of %s and %s", (a, b, places) => {
    const found = placesIn([...a], [...b]);
    expect(found && [...found].filter((place) => place >= 0)).toEqual(places?.filter((place) => place >= 0));
    found?.forEach((place, at) => {
      if (place >= 0) expect(b[place]).toBe(a[at]);
    });
  });

  it("are not told where texts have nothing in common for long", () => {
    const [a, b] = ["a", "b"].map((name) => Array.from({ length: 2000 }, (_, at) => name + at));
    expect(placesIn(a ?? [], b ?? [])).toBeNull();
  });
});

describe("A and B", () => {
  it("with the same tokens are compared as they are", () => {
    const second = record("abc");
    expect(compare(record("abc"), second)).toMatchObject({ extent: "whole", second, queries: null, differing: [] });
  });

  it("with other tokens are compared where both have them, and nowhere else", () => {
    const first = record("abcde");
    const { extent, second, queries, keys, differing } = compare(first, record("xabde"));
    expect([extent, [...(queries ?? [])], [...(keys ?? [])]]).toEqual(["part", [0, 1, 3, 4], [0, 1, 3, 4]]);
    expect(differing).toEqual([{ axis: "text", common: 4, ofA: 5, ofB: 5, onlyA: ["c"], onlyB: ["x"] }]);
    const [a, b] = [first.matrices.get(0), second.matrices.get(0)];
    const difference = a && b && differenceOf(a, b);
    if (!difference) throw new Error("none");
    [..."abcde"].forEach((query, i) => {
      [..."abcde"].forEach((key, j) => {
        // Of one token for the other they are alike, so that only what is compared wrongly differs.
        if (query === "c" || key === "c") expect(weightAt(difference, i, j)).toBeNaN();
        else expect(Math.abs(weightAt(difference, i, j))).toBeLessThanOrEqual(difference.bound ?? 0);
      });
    });
  });

  it("with other queries alone, as of another translation, keep all keys", () => {
    const { extent, queries, keys, differing } = compare(record("abc", "uvw"), record("ac", "uvw"));
    expect([extent, [...(queries ?? [])], [...(keys ?? [])]]).toEqual(["part", [0, 2], [0, 1, 2]]);
    expect(differing.map(({ axis }) => axis)).toEqual(["text"]);
  });

  it("with too little in common stand apart", () => {
    const second = record("axyz");
    expect(compare(record("abcd"), second)).toMatchObject({ extent: "apart", second, queries: null });
    expect(compare(record("ab"), record("cd")).extent).toBe("apart");
  });
});
