import { describe, expect, it } from "vitest";
import { readStepSeries, setupsAt } from "../../store/stepSeries";
import { encodeFrame, endsOf, storedFrame } from "../../testing/frames";
import { arrayOf, decodeFrame, type Frame, FrameError } from "../../wire/frame";
import { key, setupOf } from "../testing";
import type { SampleSeries } from "../types";
import { TEXTS } from "./series";

const place = { run: "run", tag: "samples/probe" };
const setup = { version: 1, prompts: ["Once"], references: [], samples: [key()] };

/** What the route answers, from headers by step. */
async function answer(texts: Record<number, object>, setups: Record<number, object>): Promise<Frame> {
  const arrays: Parameters<typeof encodeFrame>[2] = {};
  const shapes: Record<string, number[]> = {};
  for (const [name, headers] of Object.entries({ texts, setup: setups })) {
    const frames = await Promise.all(Object.values(headers).map((header) => storedFrame(header)));
    arrays[`${name}.steps`] = BigInt64Array.from(Object.keys(headers), BigInt);
    arrays[`${name}.ends`] = endsOf(frames);
    arrays[`${name}.frames`] = Uint8Array.from(frames.flatMap((bytes) => [...bytes]));
  }
  for (const [name, { length }] of Object.entries(arrays)) shapes[name] = [length];
  return decodeFrame(encodeFrame(null, shapes, arrays));
}

async function all(frame: Frame, before: SampleSeries | null = null): Promise<SampleSeries[]> {
  const states: SampleSeries[] = [];
  for await (const series of readStepSeries(place, frame, before, TEXTS)) states.push(series);
  return states;
}

describe("a series of texts", () => {
  it("grows backward from the newest step until it is whole", async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 130 }, (_, step) => [step * 10, { version: 1, texts: [`text ${step}`] }]),
    );
    const states = await all(await answer(texts, { 0: setup }));
    expect(states.map(({ steps }) => steps.length)).toEqual([48, 96, 130]);
    expect(states[0]?.steps[0]).toBe(820);
    for (const { steps, entries } of states) expect(entries).toEqual(steps.map((step) => [`text ${step / 10}`]));
  });

  it("adds new steps to those that are known", async () => {
    const [first] = await all(await answer({ 0: { version: 1, texts: ["a"] } }, { 0: setup }));
    const more = await answer({ 5: { version: 1, texts: ["b"] } }, {});
    const series = (await all(more, first)).at(-1);
    expect(series?.steps).toEqual([0, 5]);
    expect(series?.entries).toEqual([["a"], ["b"]]);
    expect(series?.setups[1]).toBe(first?.setups[0]);
  });

  it("says nothing where nothing is new", async () => {
    const [first] = await all(await answer({ 0: { version: 1, texts: ["a"] } }, { 0: setup }));
    expect(await all(await answer({}, {}), first)).toEqual([]);
  });

  it("leaves out the steps that are damaged", async () => {
    const of = (text: unknown) => ({ version: 1, texts: text });
    const frame = await answer({ 0: of(["a"]), 1: of([7]), 2: of(["a", "b"]), 3: of("a"), 4: of(["e"]) }, { 0: setup });
    const [series] = await all(frame);
    expect(series?.steps).toEqual([0, 4]);
    expect(series?.entries).toEqual([["a"], ["e"]]);
    expect(series?.setups).toHaveLength(2);
    expect(series?.damaged?.steps).toEqual([1, 2, 3]);
    expect(series?.damaged?.reason).toContain("texts");
    const more = (await all(await answer({ 6: of("f"), 7: of(["g"]) }, {}), series)).at(-1);
    expect(more?.steps).toEqual([0, 4, 7]);
    expect(more?.damaged).toEqual({ steps: [1, 2, 3, 6], reason: series?.damaged?.reason });
    const [newest] = await all(await answer({ 0: of(["a"]), 1: of("b") }, { 0: setup }));
    const later = (await all(await answer({ 1: of("b"), 2: of(["c"]) }, {}), newest)).at(-1);
    expect(later?.damaged?.steps).toEqual([1]);
  });

  it.each([
    [{ prompts: "Once" }, "prompts of a record is Once; expected a list"],
    [{ samples: [key({ prompt: 1 })] }, "A sample is of prompt 1, of which there are 1"],
    [{ samples: [key({ prompt: -1 })] }, "A sample is of prompt -1"],
    [{ prompts: ["a", "b"], references: ["c"], samples: [key({ prompt: 1 })] }, "A sample is of prompt 1"],
  ])("refuses a setup that says %j", async (change, sentence) => {
    const frame = await answer({ 0: { version: 1, texts: ["a"] } }, { 0: { ...setup, ...change } });
    await expect(all(frame)).rejects.toThrow(sentence);
  });

  it("refuses bytes that are not compressed, and steps without a setup", async () => {
    const frame = await answer({ 0: { version: 1, texts: ["a"] } }, { 0: setup });
    arrayOf(frame, "texts.frames", Uint8Array).data.fill(7);
    await expect(all(frame)).rejects.toThrow(FrameError);
    await expect(all(await answer({ 0: { version: 1, texts: ["a"] } }, {}))).rejects.toThrow("no setup for step 0");
  });
});

it("takes a setup from its step on", () => {
  const [one, other] = [setupOf(), setupOf({ prompts: ["Twice"] })];
  expect(
    setupsAt(
      [0, 5, 10, 15],
      [
        [0, one],
        [10, other],
      ],
      null,
    ),
  ).toEqual([one, one, other, other]); // prettier-ignore
  expect(setupsAt([5], [], one)).toEqual([one]);
});
