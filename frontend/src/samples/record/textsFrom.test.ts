import { expect, it } from "vitest";
import { Api } from "../../host/api";
import { Growing } from "../../store/growing.svelte";
import { stepSeriesFrom } from "../../store/stepSeries";
import { encodeFrame, endsOf, storedFrame } from "../../testing/frames";
import type { SeriesInfo } from "../../wire/schema.gen";
import { TEXTS } from "./series";

const info: SeriesInfo = {
  run: "run",
  tag: "samples/probe",
  kind: "samples",
  name: "probe",
  last_step: 1,
  last_wall_time: 9,
};

/** A server with one text per step, up to the step that `state` says. */
async function server() {
  const asked: (string | null)[] = [];
  const state = { last: 1, isUp: true };
  const setup = await storedFrame({
    version: 1,
    prompts: [""],
    references: [],
    samples: [{ prompt: 0, temperature: 1, repeat: 0, beams: 0 }],
  });
  const request = async (path: string) => {
    if (!state.isUp) return Response.json({ error: "No such tag." }, { status: 404 });
    const after = new URLSearchParams(path.split("?")[1]).get("after");
    asked.push(after);
    const steps = Array.from({ length: state.last + 1 }, (_, step) => step).filter(
      (step) => step > Number(after ?? -1),
    );
    const frames = await Promise.all(steps.map((step) => storedFrame({ version: 1, texts: [`text ${step}`] })));
    const isFirst = after === null;
    const arrays = {
      "texts.steps": BigInt64Array.from(steps, BigInt),
      "texts.ends": endsOf(frames),
      "setup.steps": BigInt64Array.from(isFirst ? [0n] : []),
      "setup.ends": BigInt64Array.from(isFirst ? [BigInt(setup.length)] : []),
      "texts.frames": Uint8Array.from(frames.flatMap((bytes) => [...bytes])),
      "setup.frames": isFirst ? setup : new Uint8Array(0),
    };
    const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, [length]]));
    return new Response(encodeFrame(null, shapes, arrays));
  };
  const texts = new Growing(
    stepSeriesFrom(new Api(request as unknown as typeof fetch), TEXTS),
    new AbortController().signal,
  );
  return { texts, asked, state };
}

it("asks once, and then only for what was added", async () => {
  const { texts, asked, state } = await server();
  await texts.follow(info);
  await texts.follow(info);
  state.last = 3;
  await texts.follow({ ...info, last_step: 3 });
  const [series] = texts.values.values();
  expect(series?.entries.flat()).toEqual(["text 0", "text 1", "text 2", "text 3"]);
  expect(asked).toEqual([null, "1"]);
});

it("takes a series anew whose last step was written again", async () => {
  const { texts, asked } = await server();
  await texts.follow(info);
  await texts.follow({ ...info, last_wall_time: 10 });
  expect(asked).toEqual([null, null]);
});

it("says why, and asks again", async () => {
  const { texts, state } = await server();
  state.isUp = false;
  await texts.follow(info);
  expect(texts.failures.get("run")).toMatchObject({ reason: "missing", message: "No such tag." });
  state.isUp = true;
  await texts.follow(info);
  expect(texts.failures.size).toBe(0);
  expect(texts.values.size).toBe(1);
});
