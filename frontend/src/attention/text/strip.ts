import { firstAbove } from "../../store/firstAbove";

/** Tokens one after the other along an axis, of which a window is in sight. */
export interface Strip {
  /** Where each token starts, in pixels, and at last where the strip ends: [tokens + 1]. */
  starts: Float64Array;
  length: number;
}

export function createStrip(sizes: ArrayLike<number>): Strip {
  const starts = new Float64Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) starts[i + 1] = (starts[i] as number) + (sizes[i] as number);
  return { starts, length: starts[sizes.length] as number };
}

/** The tokens [from, to) that touch the window. */
export function tokensInSight({ starts }: Strip, scroll: number, room: number): { from: number; to: number } {
  const count = starts.length - 1;
  return {
    from: Math.max(0, firstAbove(starts, scroll) - 1),
    to: Math.min(count, firstAbove(starts, scroll + room)),
  };
}

/** Two strips share one scroll bar: both begin and end together, however long each is. */
export function stripScroll(strip: Strip, longest: number, room: number, scroll: number): number {
  const progress = longest > room ? Math.min(1, Math.max(0, scroll / (longest - room))) : 0;
  return progress * Math.max(0, strip.length - room);
}

/** Where the shared scroll bar must be for a token to stand in the middle; the reverse of `stripScroll`. */
export function scrollTo(strip: Strip, longest: number, room: number, token: number): number {
  if (strip.length <= room) return 0;
  const middle = ((strip.starts[token] as number) + (strip.starts[token + 1] as number)) / 2;
  const progress = Math.min(1, Math.max(0, (middle - room / 2) / (strip.length - room)));
  return progress * (longest - room);
}

/** One strip as it is on the screen. */
export interface StripView {
  strip: Strip;
  scroll: number;
  /** Set where the strip runs from right to left: the pixel it starts from. */
  rightEdge: number | null;
}

/** Where a token begins on the screen. */
export function tokenStart({ strip, scroll, rightEdge }: StripView, token: number): number {
  const [start, end] = [strip.starts[token] as number, strip.starts[token + 1] as number];
  return rightEdge === null ? start - scroll : rightEdge - (end - scroll);
}

export function tokenMiddle(view: StripView, token: number): number {
  const { starts } = view.strip;
  return tokenStart(view, token) + ((starts[token + 1] as number) - (starts[token] as number)) / 2;
}
