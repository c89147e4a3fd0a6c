import { expect, it } from "vitest";
import { isAmong, readFind } from "./find";

it("reads words and bounds", () => {
  expect(readFind(" Block_0  induction > 0.3 entropy<=1 a>b")).toEqual({
    words: ["block_0", "a>b"],
    bounds: [
      { measure: "induction", isAbove: true, value: 0.3 },
      { measure: "entropy", isAbove: false, value: 1 },
    ],
  });
  expect(readFind("").words).toEqual([]);
});

it("finds by how much a measure differs between A and B", () => {
  expect(readFind("change>0.1").bounds).toEqual([{ measure: "change", isAbove: true, value: 0.1 }]);
});

it("finds heads by both", () => {
  const value = (measure: string) => ({ induction: 0.4 })[measure] ?? Number.NaN;
  const name = "decoder/block_0/attention, head 1: follows repeats";
  expect(isAmong(readFind("block_0 repeats induction>0.3"), name, value)).toBe(true);
  expect(isAmong(readFind("induction>0.5"), name, value)).toBe(false);
  expect(isAmong(readFind("entropy<9"), name, value)).toBe(false);
  expect(isAmong(readFind("block_1"), name, value)).toBe(false);
});
