import { describe, expect, it } from "vitest";
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
