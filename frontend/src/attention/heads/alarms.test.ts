import { expect, it, vi } from "vitest";
import { encodeFrame, endsOf, storedFrame } from "../../testing/frames";
import { decodeFrame } from "../../wire/frame";
import { fetchAlarms, untilAnswered } from "./alarms";

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

it("asks again where it failed, as long as that is wanted", async () => {
  vi.useFakeTimers();
  let [asked, wanted] = [0, true];
  const ask = async () => {
    asked += 1;
    if (asked < 3) throw new Error("no server");
    return asked;
  };
  const answer = untilAnswered(ask, () => wanted);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(await answer).toBe(3);
  asked = 0;
  const given = untilAnswered(ask, () => wanted);
  const failed = expect(given).rejects.toThrow("no server");
  wanted = false;
  await vi.advanceTimersByTimeAsync(6000);
  await failed;
  expect(asked).toBe(1);
  vi.useRealTimers();
});
