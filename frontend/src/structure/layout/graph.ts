/** What a layered drawing is made from, and what comes of it. */

import type { Point } from "./lineEnds";

export interface Size {
  width: number;
  height: number;
}

export interface LayeredLine {
  /** Indices of boxes, never twice the same. */
  from: number;
  to: number;
  /** How far from the middle of a box it meets it, where it may not choose. */
  fromX: number;
  toX: number;
  /** Of its label, which has a place of its own; 0 for none. */
  label: Size;
}

export interface Layered extends Size {
  /** Of each box, from the upper left corner of all. */
  centres: Point[];
  /** Of each line what lies between its ends, at least one point; it is upright within each row. */
  bends: Point[][];
  labels: (Point | null)[];
}

export interface Gaps {
  boxes: number;
  lines: number;
  rows: number;
}

/** A piece of a line, from one row to the next. */
export interface Link {
  other: number;
  /** Where it meets this end, and the other, from their middles. */
  ownX: number;
  otherX: number;
}

export interface Graph {
  /** Of each box, then of each point at which a line passes a row. */
  sizes: Size[];
  rows: number[];
  above: Link[][];
  below: Link[][];
  /** Which line a point belongs to; -1 for boxes. */
  chains: number[];
}
