/** Arithmetic of the step cursor, on rising lists of steps. */

import { firstAbove } from "./firstAbove";

/** Returns every step of any of the lists, rising. */
export function unionOfSteps(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

/** Returns the index of the step nearest to `step`, the earlier of two; -1 if there are none. */
export function nearestIndex(steps: readonly number[], step: number): number {
  const after = firstAbove(steps, step - 1);
  if (after === steps.length) return steps.length - 1;
  if (after === 0) return 0;
  const [before, next] = [steps[after - 1] as number, steps[after] as number];
  return next - step < step - before ? after : after - 1;
}

/** Returns the index of the last step at or before `step`; -1 if there is none. */
export function latestBy(steps: readonly number[], step: number): number {
  return firstAbove(steps, step) - 1;
}

/** Returns the index of the last step at or before `step`, or 0 if all are later; -1 if there are none. */
export function indexUpTo(steps: readonly number[], step: number): number {
  return Math.min(steps.length - 1, Math.max(0, latestBy(steps, step)));
}

/** Returns up to `reach` indices on either side of `index`, the nearest first, later before earlier. */
export function neighbours(index: number, count: number, reach: number): number[] {
  const around: number[] = [];
  for (let distance = 1; distance <= reach; distance++) {
    if (index + distance < count) around.push(index + distance);
    if (index - distance >= 0) around.push(index - distance);
  }
  return around;
}

/** Returns how many steps come after `step`. */
export function countAfter(steps: readonly number[], step: number): number {
  return steps.length - firstAbove(steps, step);
}

const LEAST_PAUSE_MS = 120;
const LONGEST_PAUSE_MS = 600;
const WHOLE_PLAY_MS = 20_000;

/** Returns how long playing rests on a step: a short history is read slowly, a long one in some twenty seconds. */
export function playPause(count: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, WHOLE_PLAY_MS / Math.max(1, count)));
}
