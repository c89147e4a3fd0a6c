/** What logging has cost training: its callbacks have measured it, and TensorBoard's own scalars hold it. */

import type { Api } from "../../host/api";
import { OVERHEAD } from "../../wire/schema.gen";

export interface Overhead {
  /** Of the time of training. */
  percent: number;
  /** That training waited. */
  seconds: number;
}

/** Returns what all callbacks of a run have cost so far; null where nothing says it. */
export async function overheadOf(
  api: Pick<Api, "scalarTags" | "scalars">,
  run: string,
  signal: AbortSignal,
): Promise<Overhead | null> {
  const tags = Object.keys((await api.scalarTags(signal))[run] ?? {});
  const newest = async (measure: string) => {
    const own = tags.filter((tag) => tag.startsWith(`${OVERHEAD}/${measure}/`));
    const series = await Promise.all(own.map((tag) => api.scalars(run, tag, signal)));
    return series.flatMap((points) => points.at(-1)?.[2] ?? []);
  };
  const [percents, seconds] = await Promise.all([newest("percent"), newest("seconds")]);
  return percents.length > 0 ? { percent: sum(percents), seconds: sum(seconds) } : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
