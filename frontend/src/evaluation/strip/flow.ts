/** Tokens in lines, each as wide as it is written. */

/** One line of them; the widths are in pixels. */
export interface TokenLine {
  /** The first token, and the one after the last. */
  from: number;
  to: number;
  /** Where each begins, and where the last one ends. */
  edges: number[];
}

/** Returns the lines of tokens of these widths in a room; one wider than the room is a line of its own, cut to it. */
export function tokenLines(widths: readonly number[], room: number): TokenLine[] {
  const lines: TokenLine[] = [];
  let edges = [0];
  let from = 0;
  widths.forEach((width, token) => {
    const end = (edges.at(-1) as number) + Math.min(Math.ceil(width), room);
    if (end > room && token > from) {
      lines.push({ from, to: token, edges });
      from = token;
      edges = [0, Math.min(Math.ceil(width), room)];
    } else edges.push(end);
  });
  if (edges.length > 1) lines.push({ from, to: widths.length, edges });
  return lines;
}

/** Rows of the strip are at most and at least so high. */
const [MOST_ROW, LEAST_ROW] = [18, 2];

/** Returns how high the row of a step is, so that all lines fit into a room if they can. */
export function rowHeight(lines: number, steps: number, label: number, room: number): number {
  const each = (room / Math.max(1, lines) - label) / Math.max(1, steps);
  return Math.max(LEAST_ROW, Math.min(MOST_ROW, Math.floor(each)));
}
