/** Where rows of different heights are. In pixels from the top of the first. */

import { firstAbove } from "../../store/firstAbove";

/** Rows beyond the edges that are kept ready for scrolling. */
const SPARE = 2;
/** So far a row may be from the top and still be meant to begin there. */
const NEAR = 36;
/** So much room is left empty below the last row for the sake of a row that begins at the top. */
const MOST_LEFT = 88;

export class RowPlaces {
  /** Where each row begins, and the last one ends. */
  readonly #tops: Float64Array;

  constructor(heights: ArrayLike<number>) {
    this.#tops = new Float64Array(heights.length + 1);
    for (let at = 0; at < heights.length; at++)
      this.#tops[at + 1] = (this.#tops[at] as number) + (heights[at] as number);
  }

  get count(): number {
    return this.#tops.length - 1;
  }

  /** Returns how high all rows are together, and what is left below the last for a row to begin at the top. */
  extent(sight: number): number {
    return this.#last(sight) + Math.min(sight, this.#bottom);
  }

  get #bottom(): number {
    return this.#tops[this.count] as number;
  }

  topOf(index: number): number {
    return this.#tops[index] as number;
  }

  /** Returns the row at a place; the first or the last one beyond the ends. */
  at(y: number): number {
    return Math.max(0, Math.min(this.count - 1, firstAbove(this.#tops, y) - 1));
  }

  /** Returns which rows [from, to) are to be in the page. */
  window(scrolled: number, sight: number): { from: number; to: number } {
    if (this.count === 0) return { from: 0, to: 0 };
    return {
      from: Math.max(0, this.at(scrolled) - SPARE),
      to: Math.min(this.count, this.at(scrolled + sight) + 1 + SPARE),
    };
  }

  isInSight(index: number, scrolled: number, sight: number): boolean {
    return this.topOf(index) < scrolled + sight && this.topOf(index + 1) > scrolled;
  }

  /** Returns where to scroll to so that a row is whole in sight, no further than must be; of one that is too high the beginning is. */
  reveal(index: number, scrolled: number, sight: number): number {
    const [top, bottom] = [this.topOf(index), this.topOf(index + 1)];
    if (top < scrolled || bottom - top > sight) return top;
    return bottom > scrolled + sight ? this.#begin(bottom - sight) : scrolled;
  }

  /** Returns where a page down (1) or up (-1) leads, to the beginning of a row. */
  pageBy(by: 1 | -1, scrolled: number, sight: number): number {
    if (by > 0) {
      const next = this.topOf(this.at(scrolled + sight));
      return this.#within(next > scrolled ? next : scrolled + sight, sight);
    }
    const first = this.topOf(this.at(scrolled - sight));
    // The row that is cut at the upper edge comes whole, unless it is higher than what is in sight.
    const from = first < scrolled - sight ? this.topOf(Math.min(this.count, this.at(scrolled - sight) + 1)) : first;
    return this.#within(from < scrolled ? from : scrolled - sight, sight);
  }

  /** Returns where scrolling comes to rest: at the beginning of a row that is near. */
  rest(scrolled: number, sight: number): number {
    if (this.count === 0 || scrolled >= this.#last(sight)) return scrolled;
    const index = this.at(scrolled);
    const [above, below] = [this.topOf(index), this.topOf(index + 1)];
    const near = scrolled - above <= below - scrolled ? above : below;
    return this.#within(Math.abs(near - scrolled) <= NEAR ? near : scrolled, sight);
  }

  /** Returns where a row begins at or little below a place; the place where none does. */
  #begin(y: number): number {
    const next = this.topOf(Math.min(this.count, firstAbove(this.#tops, y - 0.5)));
    return next - y <= MOST_LEFT && next < this.#bottom ? next : y;
  }

  /** Returns the furthest place to scroll to. */
  #last(sight: number): number {
    return this.#bottom > sight ? this.#begin(this.#bottom - sight) : 0;
  }

  #within(to: number, sight: number): number {
    return Math.max(0, Math.min(this.#last(sight), to));
  }
}
