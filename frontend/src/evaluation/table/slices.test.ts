import { describe, expect, it } from "vitest";
import { sliceName } from "../zh-CN";
import { groupsOf, partsOf, slicesIn } from "./slices";

const positions = Array.from({ length: 40 }, (_, at) => `position: ${at}`);
const slices = ["all", "source_length: 0 to 9", "source_length: 10 or more", "idioms", ...positions];

it("reads names of slices", () => {
  expect(partsOf("class: a: b & source_length: 0 to 9")).toEqual([
    { by: "class", which: "a: b" },
    { by: "source_length", which: "0 to 9" },
  ]);
  expect(partsOf("idioms")).toEqual([{ by: "", which: "idioms" }]);
});

describe("which slices are shown", () => {
  it("those of a group, with the whole set", () => {
    expect([...groupsOf(slices)]).toEqual([
      ["source_length", 2],
      ["", 1],
      ["position", 40],
    ]);
    expect(slicesIn(slices, "source_length")).toEqual(["all", "source_length: 0 to 9", "source_length: 10 or more"]);
  });
  it("all but very many of a kind, unless there are no others", () => {
    expect(slicesIn(slices, null)).toEqual(slices.slice(0, 4));
    expect(slicesIn(slices, "unknown")).toEqual(slices.slice(0, 4));
    expect(slicesIn(["all", ...positions], null)).toHaveLength(41);
  });
});

it("are in Chinese where they are ranges of numbers, and as they are called where they are classes", () => {
  expect(sliceName("target_length: 5 to 9")).toBe("目标长度 5–9");
  expect(sliceName("target_length: 1,024 or more")).toBe("目标长度 1,024 及以上");
  expect(sliceName("class: road to nowhere")).toBe("类别 road to nowhere");
  expect(sliceName("unknown_words: without & class: good")).toBe("无未登录词，类别 good");
});
