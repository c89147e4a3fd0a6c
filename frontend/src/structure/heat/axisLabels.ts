/** Which steps stand above the table. */

const GAP = 12;
/** Half of a letter that stands for a handle. */
const HANDLE = 8;

/** Returns the steps that have room, from the left; none where a handle stands. `handles`: indices, -1 for none. */
export function axisLabels(
  steps: readonly number[],
  width: number,
  handles: readonly number[],
  widthOf: (step: number) => number,
): { step: number; x: number }[] {
  const each = width / Math.max(1, steps.length);
  const labels: { step: number; x: number }[] = [];
  let last = -GAP;
  steps.forEach((step, index) => {
    const x = (index + 0.5) * each;
    const half = widthOf(step) / 2;
    const isUnderHandle = handles.some((at) => at >= 0 && Math.abs(x - (at + 0.5) * each) < half + HANDLE);
    // The first may stand over the edge a little, as its cell does not.
    if (isUnderHandle || x - half < last + GAP || (index > 0 && x + half > width)) return;
    labels.push({ step, x: Math.max(half, x) });
    last = Math.max(half, x) + half;
  });
  return labels;
}
