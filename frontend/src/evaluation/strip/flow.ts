/** Tokens in lines, each as wide as it is written. */

/** One line of them; the widths are in pixels. */
export interface TokenLine {
  /** The first token, and the one after the last. */
  from: number;
  to: number;
  /** Where each begins, and where the last one ends. */
  edges: number[];
}

/**
 * Returns the lines of tokens of these widths in a room; one wider than the room is a line of its own, cut to it. Those that all fit
 * on one line are spread over the room, each by at most `slack`.
 */
export function tokenLines(written: readonly number[], room: number, slack: number): TokenLine[] {
  const left = room - written.reduce((sum, width) => sum + Math.ceil(width), 0);
  const more = left > 0 ? Math.min(slack, Math.floor(left / written.length)) : 0;
  const widths = written.map((width) => width + more);
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
const [MOST_ROW, LEAST_ROW] = [28, 2];

/** So many rows a line has if there are the steps, though the lines then need more room than there is. */
const FEWEST_ROWS = 90;

/** How the steps of a line stand below each other. */
export interface StepRows {
  /** How many steps share a row; the last one may have fewer. */
  each: number;
  count: number;
  /** Of a row, pixels. */
  height: number;
}

/** Returns the rows of the steps, so that all lines with their labels fit into a room if they can. */
export function stepRows(lines: number, steps: number, label: number, room: number): StepRows {
  const high = room / Math.max(1, lines) - label;
  const most = Math.max(FEWEST_ROWS, Math.floor(high / LEAST_ROW));
  const each = Math.max(1, Math.ceil(steps / most));
  const count = Math.ceil(steps / each);
  const height = Math.max(LEAST_ROW, Math.min(MOST_ROW, Math.floor(high / Math.max(1, count))));
  return { each, count, height };
}

/**
 * Returns what a row shows of each token, row by row: the mean of its steps; NaN where none is known.
 *
 * Args:
 *     steps: of each step the probabilities of all tokens.
 *     each: how many steps share a row.
 */
export function pooled(steps: readonly ArrayLike<number>[], tokens: number, each: number): Float32Array {
  const rows = Math.ceil(steps.length / each);
  const means = new Float32Array(rows * tokens).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    const shared = steps.slice(row * each, (row + 1) * each);
    for (let token = 0; token < tokens; token++) {
      let [sum, known] = [0, 0];
      for (const probabilities of shared) {
        const value = probabilities[token] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        sum += value;
        known += 1;
      }
      if (known > 0) means[row * tokens + token] = sum / known;
    }
  }
  return means;
}
