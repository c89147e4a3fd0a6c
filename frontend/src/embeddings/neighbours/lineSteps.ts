/** Which steps a line over the training has. */

/**
 * Returns the steps to add to a line, up to `most`: as far apart as those that it has, so that what is compared from one to the next stays
 * the same. Both lists rise.
 */
export function laterSteps(known: readonly number[], steps: readonly number[], most: number): number[] {
  const [first, last] = [steps.indexOf(known[0] as number), steps.indexOf(known[known.length - 1] as number)];
  const gap = known.length > 1 ? Math.max(1, Math.round((last - first) / (known.length - 1))) : 1;
  const later: number[] = [];
  for (let at = last + gap; at < steps.length && later.length < most; at += gap) later.push(steps[at] as number);
  return later;
}
