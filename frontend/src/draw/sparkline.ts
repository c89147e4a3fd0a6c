/**
 * A line through values between 0 and 1, as points [x, y, x, y, ...] in a box with y downwards; NaN, NaN breaks it. Where
 * several values share a pixel, their least and largest are kept, so that no peak is lost. `xOf` tells where each is; without it they
 * are evenly apart.
 */
export function sparkline(
  values: ArrayLike<number>,
  width: number,
  height: number,
  xOf: (index: number) => number = (index) => stepX(index, values.length, width),
): number[] {
  const points: number[] = [];
  const place = (index: number) => {
    const value = values[index] as number;
    if (Number.isNaN(value)) points.push(Number.NaN, Number.NaN);
    else points.push(xOf(index), height * (1 - Math.max(0, Math.min(1, value))));
  };
  const perPixel = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  for (let start = 0; start < values.length; start += perPixel) {
    const end = Math.min(values.length, start + perPixel);
    let least = start;
    let largest = start;
    for (let index = start; index < end; index++) {
      // A value that is there wins over one that is not.
      if (!((values[index] as number) >= (values[least] as number))) least = pick(values, index, least);
      if (!((values[index] as number) <= (values[largest] as number))) largest = pick(values, index, largest);
    }
    place(Math.min(least, largest));
    if (least !== largest) place(Math.max(least, largest));
  }
  return points;
}

function pick(values: ArrayLike<number>, candidate: number, current: number): number {
  return Number.isNaN(values[candidate]) ? current : candidate;
}

/** Where a step is along the line. */
export function stepX(index: number, steps: number, width: number): number {
  return steps > 1 ? (index / (steps - 1)) * width : width / 2;
}
