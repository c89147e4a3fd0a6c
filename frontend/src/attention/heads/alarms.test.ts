import { expect, it } from "vitest";
import { encodeFrame, endsOf, storedFrame } from "../../testing/frames";
import { decodeFrame } from "../../wire/frame";
import { fetchAlarms } from "./alarms";

/** What is found in a log with so many steps that were watched. */
async function alarmsOf(steps: number) {
  const frames = await Promise.all(Array.from({ length: steps }, () => storedFrame({ version: 1, alarms: [] })));
  const arrays = {
    "alarms.steps": BigInt64Array.from(frames, (_, step) => BigInt(step)),
    "alarms.ends": endsOf(frames),
    "alarms.frames": Uint8Array.from(frames.flatMap((bytes) => [...bytes])),
  };
  const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, [length]]));
  const api = { alarms: async () => decodeFrame(encodeFrame(null, shapes, arrays)) };
  return fetchAlarms(api, "run", "attention/probe", new AbortController().signal);
}

it("tells a log without alarms from one that nobody watched", async () => {
  expect(await alarmsOf(2)).toEqual([]);
  expect(await alarmsOf(0)).toBeNull();
});
