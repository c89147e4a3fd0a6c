/** How wide the columns of the table are. */

export interface Columns {
  name: number;
  count: number;
  /** Of each measure: all of it, and in it the small line, the axis, the figure and the difference; 0 for what there is none of. */
  each: number;
  spark: number;
  axis: number;
  figure: number;
  difference: number;
}

export const GAP = 8;
/** Between one measure and the next. */
export const BETWEEN = 14;
/** Around names. */
const EDGE = 22;
const MOST_NAME = 0.28;
const [LEAST_SPARK, MOST_SPARK] = [28, 64];
const SPARK_SHARE = 0.22;
const LEAST_AXIS = 56;

/**
 * Returns the widths of the columns in a room.
 *
 * Args:
 *     width: of the room, pixels.
 *     name, count, figure, difference: of the widest text of each column.
 */
export function columnsOf(
  width: number,
  measures: number,
  { name, count, figure, difference }: { name: number; count: number; figure: number; difference: number },
): Columns {
  const first = Math.ceil(Math.min(name + EDGE, Math.max(90, width * MOST_NAME)));
  const second = Math.ceil(count) + 2 * GAP;
  const third = Math.ceil(figure) + 4;
  const fourth = difference > 0 ? Math.ceil(difference) + 6 : 0;
  const each = Math.max(0, Math.floor((width - first - second) / Math.max(1, measures)));
  // A value at the end of the axis has its ring beyond it, which is not to touch the figure.
  const room = each - third - fourth - BETWEEN - 2 * GAP;
  const left = room - LEAST_AXIS - GAP;
  const spark =
    left >= LEAST_SPARK ? Math.round(Math.min(MOST_SPARK, left, Math.max(LEAST_SPARK, each * SPARK_SHARE))) : 0;
  return {
    name: first,
    count: second,
    each,
    spark,
    axis: Math.max(0, room - (spark > 0 ? spark + GAP : 0)),
    figure: third,
    difference: fourth,
  };
}

/** The least width of a measure that says more than its figure. */
export const LEAST_COLUMN = 130;
