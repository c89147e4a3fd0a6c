import { expect, test } from "vitest";
import { encodeFrame } from "../../testing/frames";
import { decodeFrame } from "../../wire/frame";
import { churn, churnLine, marksOf, type NeighbourList, readLists } from "./lists";

const list = (...rows: number[]): NeighbourList => ({ rows, values: rows.map(() => 0.5), norm: 1 });

test("lists are read by step; places without a neighbour are left out", () => {
  const frame = decodeFrame(
    encodeFrame(
      {},
      { steps: [2], neighbour: [2, 1, 3], value: [2, 1, 3], norm: [2, 1] },
      {
        steps: BigInt64Array.of(0n, 7n),
        neighbour: Int32Array.of(4, 9, 1, 3, -1, -1),
        value: Float32Array.of(0.75, 0.5, 0.25, 1, Number.NaN, Number.NaN),
        norm: Float32Array.of(2, 3),
      },
    ),
  );
  expect([...readLists(frame)]).toEqual([
    [0, { rows: [4, 9, 1], values: [0.75, 0.5, 0.25], norm: 2 }],
    [7, { rows: [3], values: [1], norm: 3 }],
  ]);
});

test("what is new is not in the column before, what leaves not in the one after", () => {
  const marks = marksOf([list(9), null, list(1, 2, 3), list(3, 1, 8)]);
  expect(marks[3]?.map(({ isNew }) => isNew)).toEqual([false, false, true]);
  expect(marks[2]).toEqual([
    { isNew: false, isLeaving: false },
    { isNew: false, isLeaving: true },
    { isNew: false, isLeaving: false },
  ]);
  expect(marks.slice(0, 2)).toEqual([[{ isNew: false, isLeaving: false }], []]);
});

test("churn is the share that is new, whatever the order, and unknown beside gaps", () => {
  expect(churn(list(4, 3, 2, 1), list(1, 2, 3, 9))).toBe(0.25);
  expect(churn(list(), list(1))).toBeNaN();
  expect([...churnLine([list(1, 2), list(2, 3), null, list(2, 3), list(3, 2)])]).toEqual([
    Number.NaN,
    0.5,
    Number.NaN,
    Number.NaN,
    0,
  ]);
});
