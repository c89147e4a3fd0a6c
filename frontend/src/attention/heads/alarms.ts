/** What attention does wrong, by the step at which it begins. */

import type { Api } from "../../host/api";
import { checked } from "../../wire/checked";
import { expanded, unpack } from "../../wire/packed";
import type { Alarm } from "../../wire/schema.gen";
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
