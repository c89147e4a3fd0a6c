/** Where everything of the view is: pure, so that it is tested without a browser. Sizes are CSS pixels. */

import { type WallLayout, type WallRow, wallLayout, widestWall } from "./wall/wallLayout";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * "plain": sentence above, matrix and film strip below. "long": the matrix first, the text beside it. "compared": A above, B below, and
 * A, B, A less B side by side. "long compared": these three alone. "apart": A and B side by side. Each in one column where it is "narrow".
 */
export type Kind = "plain" | "long" | "compared" | "long compared" | "apart";

const MATRICES: Record<Kind, number> = { plain: 1, long: 1, compared: 3, "long compared": 3, apart: 2 };

export interface Room {
  width: number;
  height: number;
  isNarrow: boolean;
  kind: Kind;
  rows: readonly WallRow[];
  withLines: boolean;
}

export interface Arrangement {
  /** The heads in small; null where there is one, or none is to be chosen. */
  wall: (Box & { layout: WallLayout }) | null;
  measures: Box | null;
  /** Right of the wall. */
  rule: number | null;
  sentence: Box | null;
  /** One, or A, B and what they differ in. */
  matrices: readonly Box[];
  film: Box | null;
  passage: Box | null;
  /** Of all; more than the room where that is too low. */
  height: number;
}

/** Tokens of which a sentence is still read as one. */
export const LONGEST_SENTENCE = 60;
/** The line above the wall. */
export const WALL_TITLE = 22;
const MEASURES = 20 + 5 * 22;
/** Of the wall: its measures need as much. */
const NARROWEST_SIDE = 232;
const GAP = 32;
const LEAST_HEIGHT = 430;
/** Beyond this a sentence is no easier to read. */
const TALLEST_SENTENCE = 430;
const BETWEEN = 12;

export function arrange(room: Room): Arrangement {
  if (room.isNarrow) return inOneColumn(room);
  const height = Math.max(LEAST_HEIGHT, room.height);
  const heads = room.rows.reduce((sum, row) => sum + row.heads, 0);
  if (MATRICES[room.kind] > 1) return sideBySide({ ...room, height });
  if (heads < 2) return room.kind === "long" ? long({ ...room, height }, null) : single({ ...room, height });
  const side = wallAtTheSide({ ...room, height });
  return room.kind === "long" ? long({ ...room, height }, side) : plain({ ...room, height }, side);
}

interface Side {
  wall: NonNullable<Arrangement["wall"]>;
  measures: Box;
  rule: number;
  /** Where the rest begins. */
  end: number;
}

function wallAtTheSide({ width, height, rows, withLines, kind }: Room): Side {
  const heads = Math.max(...rows.map((row) => row.heads));
  const most = kind === "long" ? Math.min(300, width * 0.22) : widestWall(width, heads);
  const room = height - WALL_TITLE - MEASURES - 20;
  const layout = wallLayout(rows, most, room, withLines);
  const own = Math.max(layout.width, Math.min(most, NARROWEST_SIDE));
  const wall = { left: 0, top: 0, width: own, height: WALL_TITLE + Math.min(layout.height, room), layout };
  const top = Math.min(height - MEASURES, wall.height + 16);
  return {
    wall,
    measures: { left: 0, top, width: own, height: MEASURES },
    rule: own + GAP / 2,
    end: own + GAP,
  };
}

/** The sentence and what is below it. */
function parted(height: number): { sentence: number; band: number } {
  const sentence = Math.min(TALLEST_SENTENCE, Math.round(height * 0.53) - BETWEEN);
  return { sentence, band: height - sentence - BETWEEN };
}

function plain({ width, height }: Room, side: Side): Arrangement {
  const { sentence, band } = parted(height);
  const own = width - side.end;
  const matrix = Math.min(own * 0.67, band * 2.6);
  const top = height - band;
  return {
    ...side,
    sentence: { left: side.end, top: 0, width: own, height: sentence },
    matrices: [{ left: side.end, top, width: matrix, height: band }],
    film: { left: side.end + matrix + GAP, top, width: own - matrix - GAP, height: band },
    passage: null,
    height,
  };
}

/** One head: the sentence as wide as the view, and its measures at the end of what is below it. */
function single({ width, height }: Room): Arrangement {
  const { sentence, band } = parted(height);
  const matrix = Math.min(width * 0.47, band * 2.4);
  const top = height - band;
  const right = width - NARROWEST_SIDE;
  return {
    wall: null,
    rule: null,
    measures: { left: right, top, width: NARROWEST_SIDE, height: MEASURES },
    sentence: { left: 0, top: 0, width, height: sentence },
    matrices: [{ left: 0, top, width: matrix, height: band }],
    film: { left: matrix + GAP, top, width: right - matrix - 2 * GAP, height: band },
    passage: null,
    height,
  };
}

const PASSAGE = 316;
const FILM_OF_LONG = 130;

function long({ width, height }: Room, side: Side | null): Arrangement {
  const left = side?.end ?? 0;
  const passage = Math.max(220, Math.min(PASSAGE * 1.6, (width - left) * 0.36));
  const matrix = width - left - passage - 28;
  const right = left + matrix + 28;
  const measures = side ? side.measures : { left: right, top: 0, width: passage, height: MEASURES };
  const top = side ? 0 : MEASURES + 16;
  return {
    wall: side?.wall ?? null,
    rule: side?.rule ?? null,
    measures,
    sentence: null,
    matrices: [{ left, top: 0, width: matrix, height }],
    passage: { left: right, top, width: passage, height: height - top - FILM_OF_LONG - 12 },
    film: { left: right, top: height - FILM_OF_LONG, width: passage, height: FILM_OF_LONG },
    height,
  };
}

/** A and B, and what they differ in; above them the sentence, where it is read as one. */
function sideBySide({ width, height, kind }: Room): Arrangement {
  const isRead = kind === "compared";
  const sentence = isRead ? Math.min(TALLEST_SENTENCE, Math.round(height * 0.5) - 8) : 0;
  const top = isRead ? sentence + 16 : 0;
  const count = MATRICES[kind];
  const each = (width - (count - 1) * GAP) / count;
  const at = (index: number) => ({ left: index * (each + GAP), top, width: each, height: height - top });
  return {
    wall: null,
    measures: null,
    rule: null,
    sentence: isRead ? { left: 0, top: 0, width, height: sentence } : null,
    matrices: Array.from({ length: count }, (_, index) => at(index)),
    film: null,
    passage: null,
    height,
  };
}

const NARROW = { sentence: 260, matrix: 340, film: 220, passage: 420 };

function inOneColumn({ width, kind, rows, withLines }: Room): Arrangement {
  let bottom = 0;
  const next = (height: number): Box => {
    const box = { left: 0, top: bottom, width, height };
    bottom += height + BETWEEN;
    return box;
  };
  const isOfTwo = MATRICES[kind] > 1;
  const isRead = kind === "plain" || kind === "compared";
  const sentence = isRead ? next(NARROW.sentence * (isOfTwo ? 1.5 : 1)) : null;
  const matrices = Array.from({ length: MATRICES[kind] }, () => next(NARROW.matrix));
  const passage = kind === "long" ? next(NARROW.passage) : null;
  const film = isOfTwo ? null : next(NARROW.film);
  const measures = isOfTwo ? null : next(MEASURES);
  const heads = rows.reduce((sum, row) => sum + row.heads, 0);
  const layout = wallLayout(rows, width, Number.POSITIVE_INFINITY, withLines);
  const wall = heads > 1 && !isOfTwo ? { ...next(WALL_TITLE + layout.height), layout } : null;
  return { wall, measures, rule: null, sentence, matrices, film, passage, height: bottom };
}
