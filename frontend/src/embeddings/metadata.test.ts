import { expect, test } from "vitest";
import { codedColumns, codedFrom, levelsOf, middleOf, paletteOf } from "./metadata";

const COLUMNS = {
  frequency: ["1", "10", "100", ""],
  share: ["0", "0.5", "1", "0.25"],
  polarity: ["positive", "negative", "neutral", "negative"],
  alike: ["noun", "noun", "noun", ""],
  spelling: Array.from({ length: 20 }, (_, at) => `word ${at}`),
};

test("columns of numbers and of a few labels are told by colour; others say nothing, or too much", () => {
  expect(codedColumns(COLUMNS)).toEqual(["frequency", "share", "polarity"]);
  expect(codedFrom([COLUMNS], "nosuch")).toBeNull();
});

test("numbers lie between the ends of the scale, by their logarithm where they are far apart", () => {
  const frequency = codedFrom([COLUMNS], "frequency");
  const share = codedFrom([COLUMNS], "share");
  expect(frequency).toMatchObject({ least: 1, most: 100, isLogarithmic: true });
  if (frequency?.kind !== "numbers" || share?.kind !== "numbers") throw new Error("They are numbers.");
  expect([...levelsOf(frequency, COLUMNS)]).toEqual([0, 128, 255, -1]);
  expect([...levelsOf(share, COLUMNS)]).toEqual([0, 128, 255, 64]);
  expect([middleOf(frequency), middleOf(share)]).toEqual([10, 0.5]);
});

test("a colour means the same in all runs", () => {
  const other = { share: ["4", "2"], polarity: ["positive", "unknown"] };
  const share = codedFrom([COLUMNS, other], "share");
  expect(share).toMatchObject({ least: 0, most: 4 });
  expect(share && [...levelsOf(share, COLUMNS)]).toEqual([0, 32, 64, 16]);
  const polarity = codedFrom([COLUMNS, other], "polarity");
  expect(polarity).toMatchObject({ labels: ["negative", "neutral", "positive", "unknown"] });
  expect(polarity && [...levelsOf(polarity, other)]).toEqual([2, 3]);
});

test.each(["light", "dark"] as const)(
  "labels have a colour each, a few of them on the scale of numbers (%s)",
  (theme) => {
    const numbers = codedFrom([COLUMNS], "share");
    const scale = numbers ? paletteOf(numbers, theme) : [];
    expect(scale).toHaveLength(256);
    const coded = (labels: string[]) => codedFrom([{ kind: labels }], "kind");
    const three = coded(["a", "b", "c"]);
    expect(three && paletteOf(three, theme)).toEqual([scale[0], scale[128], scale[255]]);
    const eight = coded([..."abcdefgh"]);
    expect(new Set(eight && paletteOf(eight, theme)).size).toBe(8);
  },
);
