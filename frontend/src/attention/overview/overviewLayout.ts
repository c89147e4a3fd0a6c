import type { Thumbnail } from "../record/matrix";
import type { OverviewRow } from "../types";

export const LABEL_WIDTH = 184;
export const GAP = 8;
export const LINE_HEIGHT = 16;
const LINE_GAP = 4;
const LEAST_SIDE = 24;
const LARGEST_SIDE = 112;
/** A thumbnail is at most this many times wider than high, or the other way round. */
const FLATTEST = 4;

/** Sizes in one layer of the overview, in CSS pixels. */
export interface RowLayout {
  thumbnail: { width: number; height: number };
  /** From one head to the next. */
  pitch: number;
  /** Where the lines start below the thumbnails. */
  lineTop: number;
  height: number;
}

/** The width of every thumbnail: as large as the widest layer allows, within bounds. */
export function thumbnailSide(width: number, mostHeads: number): number {
  const room = Math.floor((width - LABEL_WIDTH) / Math.max(1, mostHeads)) - GAP;
  return Math.max(LEAST_SIDE, Math.min(room, LARGEST_SIDE));
}

export function rowLayout(row: OverviewRow, side: number): RowLayout {
  const sample = row.thumbnails.find((thumbnail) => thumbnail !== null) ?? null;
  const thumbnail = thumbnailSize(sample, side);
  const lineTop = thumbnail.height + LINE_GAP;
  return { thumbnail, pitch: side + GAP, lineTop, height: lineTop + LINE_HEIGHT };
}

/** The head's own proportions, as far as it stays recognisable. */
function thumbnailSize(thumbnail: Thumbnail | null, side: number): { width: number; height: number } {
  if (thumbnail === null) return { width: side, height: side };
  const ratio = Math.max(1 / FLATTEST, Math.min(FLATTEST, thumbnail.rows / Math.max(1, thumbnail.columns)));
  return ratio <= 1
    ? { width: side, height: Math.max(8, Math.round(side * ratio)) }
    : { width: Math.max(8, Math.round(side / ratio)), height: side };
}
