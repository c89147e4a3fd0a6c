/** Returns the index of the first value above `bound` in a rising list; its length if there is none. */
export function firstAbove(rising: ArrayLike<number>, bound: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
