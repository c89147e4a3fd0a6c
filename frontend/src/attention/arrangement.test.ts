import { describe, expect, it } from "vitest";
import { type Arrangement, arrange, type Box, type Room } from "./arrangement";

const rows = (layers: number, heads: number) =>
  Array.from({ length: layers }, (_, row) => ({ heads, heading: row === 0 ? "encoder self" : "" }));

const room = (some: Partial<Room>): Room => ({
  width: 1248,
  height: 550,
  isNarrow: false,
  kind: "plain",
  rows: rows(6, 4),
  withLines: true,
  ...some,
});

function boxes({ wall, measures, sentence, matrices, film, passage }: Arrangement): Box[] {
  return [wall, measures, sentence, film, passage, ...matrices].filter((box) => box !== null);
}

const overlap = (one: Box, other: Box) =>
  one.left < other.left + other.width - 0.5 &&
  other.left < one.left + one.width - 0.5 &&
  one.top < other.top + other.height - 0.5 &&
  other.top < one.top + one.height - 0.5;

const SIZES = [
  [992, 520],
  [1248, 550],
  [1568, 730],
  [1352, 730],
  [3808, 1990],
] as const;

describe.each(SIZES)("in %i x %i", (width, height) => {
  it.each(["plain", "long", "compared", "long compared"] as const)(
    "nothing of %s lies over anything else or beside the room",
    (kind) => {
      for (const heads of [rows(1, 1), rows(6, 4), rows(12, 12), rows(24, 16)]) {
        const arrangement = arrange(room({ width, height, kind, rows: heads }));
        const all = boxes(arrangement);
        for (const [index, box] of all.entries()) {
          expect(box.left).toBeGreaterThanOrEqual(0);
          expect(box.left + box.width).toBeLessThanOrEqual(width + 0.5);
          expect(box.top + box.height).toBeLessThanOrEqual(arrangement.height + 0.5);
          expect(Math.min(box.width, box.height)).toBeGreaterThan(60);
          for (const other of all.slice(index + 1)) expect(overlap(box, other)).toBe(false);
        }
        expect(arrangement.height).toBe(height);
        if (arrangement.wall)
          expect(arrangement.wall.layout.height + 22).toBeLessThanOrEqual(arrangement.wall.height + 1);
      }
    },
  );
});

it.each([1, 4])("matrix and text of a layer of %i heads take most of the room", (heads) => {
  const { sentence, matrices } = arrange(room({ height: 560, rows: rows(1, heads) }));
  const area = ({ width, height }: Box) => width * height;
  expect((area(sentence as Box) + area(matrices[0] as Box)) / (1280 * 720)).toBeGreaterThan(0.45);
});

it("one head has no wall: its sentence is as wide as the view, and its measures stand beside the film strip", () => {
  const { wall, rule, measures, sentence, film } = arrange(room({ rows: rows(1, 1) }));
  expect([wall, rule]).toEqual([null, null]);
  expect(sentence).toMatchObject({ left: 0, width: 1248 });
  expect(measures?.top).toBe(film?.top);
  expect(measures?.left).toBeGreaterThan((film?.left ?? 0) + (film?.width ?? 0));
});

it("a low room scrolls rather than squeezing", () => {
  expect(arrange(room({ height: 200 })).height).toBeGreaterThan(400);
});

it("is one column where it is narrow, and everything is in it", () => {
  const narrow = arrange(room({ width: 608, isNarrow: true }));
  for (const box of boxes(narrow)) expect([box.left, box.width]).toEqual([0, 608]);
  expect(narrow.wall).not.toBeNull();
  expect(narrow.height).toBeGreaterThan(900);
});

it("what stands apart is two matrices that fill the view", () => {
  const { matrices, ...rest } = arrange(room({ kind: "apart" }));
  expect(matrices.map(({ left, width, height }) => [left, width, height])).toEqual([
    [0, 608, 550],
    [640, 608, 550],
  ]);
  expect([rest.wall, rest.sentence, rest.film, rest.passage]).toEqual([null, null, null, null]);
  expect(arrange(room({ kind: "apart", isNarrow: true })).matrices).toHaveLength(2);
});

it("of a long text that is compared the matrices fill the view, and there is no sentence", () => {
  const { matrices, sentence } = arrange(room({ kind: "long compared" }));
  expect(sentence).toBeNull();
  expect(matrices.map(({ top, height }) => [top, height])).toEqual([0, 1, 2].map(() => [0, 550]));
  const narrow = arrange(room({ kind: "long compared", isNarrow: true }));
  expect([narrow.sentence, narrow.matrices.length]).toEqual([null, 3]);
});
