/** What attention does wrong, by the step at which it begins. */

import type { Api } from "../../host/api";
import { checked } from "../../wire/checked";
import { expanded, unpack } from "../../wire/packed";
import type { Alarm, SeriesInfo } from "../../wire/schema.gen";
import { alarmsHeader } from "../../wire/shapes/attention.gen";

const PAUSE_MS = 5000;

/** Returns what `ask` answers; where it fails it is asked again, as long as that is wanted. */
export async function untilAnswered<Answer>(ask: () => Promise<Answer>, isWanted: () => boolean): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isWanted()) throw error;
      await new Promise((done) => setTimeout(done, PAUSE_MS));
      if (!isWanted()) throw error;
    }
  }
}

interface Told {
  alarms: readonly Alarm[];
  isWatched: boolean | null;
}

/** The series that somebody was last told of, as far as it was written then. */
const asked = new WeakMap<Told, SeriesInfo>();

/** Tells the alarms of a series once they are known, unless they are told already; what fails is asked for again. */
export async function keepTold(
  told: Told,
  series: SeriesInfo,
  api: Pick<Api, "alarms">,
  signal: AbortSignal,
): Promise<void> {
  const { run, tag, last_wall_time } = series;
  const before = asked.get(told);
  const isSame = before?.run === run && before.tag === tag;
  if (isSame && before.last_wall_time === last_wall_time) return;
  if (!isSame) [told.alarms, told.isWatched] = [[], null];
  asked.set(told, series);
  const isWanted = () => asked.get(told) === series && !signal.aborted;
  const alarms = await untilAnswered(() => fetchAlarms(api, run, tag, signal), isWanted).catch(() => undefined);
  if (alarms !== undefined && isWanted()) [told.alarms, told.isWatched] = [alarms ?? [], alarms !== null];
}

/** Returns the alarms of a series, by rising step; null where nobody watched. */
export async function fetchAlarms(
  api: Pick<Api, "alarms">,
  run: string,
  tag: string,
  signal: AbortSignal,
): Promise<Alarm[] | null> {
  const { frames } = unpack(await api.alarms(run, tag, signal), "alarms");
  if (frames.length === 0) return null;
  const settled = await Promise.allSettled(
    frames.map(async (bytes) => checked(alarmsHeader, (await expanded(bytes)).header).alarms),
  );
  // What is damaged at one step says nothing of the others.
  return settled.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
}
