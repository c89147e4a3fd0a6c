/** How wide the columns of the table are. */

export interface Columns {
  name: number;
  count: number;
  /** Of each measure: all of it, and in it the small line, the axis and the figure. */
  each: number;
  spark: number;
  axis: number;
  figure: number;
}

export const GAP = 8;
/** Between one measure and the next. */
export const BETWEEN = 14;
/** Around names. */
const EDGE = 22;
const MOST_NAME = 0.28;
const [LEAST_SPARK, MOST_SPARK] = [28, 64];
const SPARK_SHARE = 0.22;
const LEAST_AXIS = 36;

/**
 * Returns the widths of the columns in a room.
 *
 * Args:
 *     width: of the room, pixels.
 *     name, count, figure: of the widest text of each column.
 */
export function columnsOf(
  width: number,
  measures: number,
  { name, count, figure }: { name: number; count: number; figure: number },
): Columns {
  const first = Math.ceil(Math.min(name + EDGE, Math.max(90, width * MOST_NAME)));
  const second = Math.ceil(count) + 2 * GAP;
  const third = Math.ceil(figure) + 4;
  const each = Math.max(0, Math.floor((width - first - second) / Math.max(1, measures)));
  const room = each - third - BETWEEN - GAP;
  const spark =
    room >= LEAST_AXIS + LEAST_SPARK ? Math.round(Math.min(MOST_SPARK, Math.max(LEAST_SPARK, each * SPARK_SHARE))) : 0;
  return {
    name: first,
    count: second,
    each,
    spark,
    axis: Math.max(0, room - (spark > 0 ? spark + GAP : 0)),
    figure: third,
  };
}

/** The least width of a measure that says more than its figure. */
export const LEAST_COLUMN = 130;
