/** Lists of nearest neighbours, and how they differ from one another. */

import { arrayOf, type Frame, FrameError } from "../../wire/frame";

/** The nearest neighbours of one word at one step, the nearest first. */
export interface NeighbourList {
  rows: readonly number[];
  /** Cosine similarities or distances. */
  values: readonly number[];
  /** Length of the word's own vector. */
  norm: number;
}

/** Returns the lists of a frame of route `neighbours` that asked for one word, by step. */
export function readLists(frame: Frame): Map<number, NeighbourList> {
  const steps = arrayOf(frame, "steps", BigInt64Array).data;
  const { shape, data: rows } = arrayOf(frame, "neighbour", Int32Array);
  const values = arrayOf(frame, "value", Float32Array, shape).data;
  const norms = arrayOf(frame, "norm", Float32Array).data;
  const [stepCount, words, count] = shape;
  if (stepCount !== steps.length || words !== 1 || count === undefined)
    throw new FrameError(`Neighbours of shape [${shape}] for ${steps.length} steps; expected those of one word.`);
  const lists = new Map<number, NeighbourList>();
  steps.forEach((step, at) => {
    const known = [...rows.subarray(at * count, (at + 1) * count)].filter((row) => row >= 0);
    const found = [...values.subarray(at * count, at * count + known.length)];
    lists.set(Number(step), { rows: known, values: found, norm: norms[at] ?? Number.NaN });
  });
  return lists;
}

/** How a neighbour came, and whether it goes. */
export interface Mark {
  /** It is not in the list before. */
  isNew: boolean;
  /** It is not in the list after. */
  isLeaving: boolean;
}

/** Returns the marks of lists that stand side by side, the oldest first; nothing is new or leaves beside a list that is not there. */
export function marksOf(lists: readonly (NeighbourList | null | undefined)[]): Mark[][] {
  return lists.map((list, at) => {
    const [before, after] = [lists[at - 1], lists[at + 1]];
    return (list?.rows ?? []).map((row) => ({
      isNew: before ? !before.rows.includes(row) : false,
      isLeaving: after ? !after.rows.includes(row) : false,
    }));
  });
}

/** Returns what share of a list is not in the one before, 0 to 1; NaN where one of them is empty. */
export function churn(now: NeighbourList, before: NeighbourList): number {
  if (now.rows.length === 0 || before.rows.length === 0) return Number.NaN;
  return now.rows.filter((row) => !before.rows.includes(row)).length / now.rows.length;
}

/** Returns the churn from each list to the next, NaN at the first and beside gaps. */
export function churnLine(lists: readonly (NeighbourList | null)[]): Float32Array {
  return Float32Array.from(lists, (now, at) => {
    const before = lists[at - 1];
    return now && before ? churn(now, before) : Number.NaN;
  });
}

/** Returns a similarity or distance beside others: always with three significant digits. */
export function formatNear(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(3).replace("-", "−") : "–";
}
