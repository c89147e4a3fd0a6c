/** The texts of all steps of a series. */

import type { Api } from "../../host/api";
import type { Ask } from "../../store/growing.svelte";
import { checked } from "../../wire/checked";
import { arrayOf, decodeFrame, type Frame, FrameError } from "../../wire/frame";
import { gunzip } from "../../wire/gunzip";
import { samplesSetup, textsHeader } from "../../wire/shapes/samples.gen";
import type { SampleSeries, SampleSetup } from "../types";

/** The first steps to show, the newest ones; each further lot is as large as all before it. */
const FIRST_LOT = 48;

interface Packed {
  steps: number[];
  frames: Uint8Array<ArrayBuffer>[];
}

/**
 * Yields the series from what the route `texts` answers, as it grows backward from its newest step, the last time whole.
 *
 * Args:
 *     frame: the answer of the route.
 *     before: what is known already, whose steps come before those of the frame; null if nothing is.
 */
export async function* readSeries(
  place: { run: string; tag: string },
  frame: Frame,
  before: SampleSeries | null,
): AsyncGenerator<SampleSeries> {
  const packed = unpack(frame, "texts");
  const changes = await readSetups(unpack(frame, "setup"));
  const setups = setupsAt(packed.steps, changes, before?.setups[before.setups.length - 1] ?? null);
  let read: Step[] = [];
  let from = packed.steps.length;
  while (from > 0) {
    const next = Math.max(0, from - Math.max(FIRST_LOT, read.length));
    const lot = packed.frames.slice(next, from).map(async (bytes, at): Promise<Step> => {
      const [step, setup] = [packed.steps[next + at] as number, setups[next + at] as SampleSetup];
      return { step, setup, texts: await readTexts(bytes, setup) };
    });
    read = (await wholeOnes(lot)).concat(read);
    from = next;
    const known = from === 0 ? before : null;
    if (read.length === 0 && from > 0) continue;
    yield {
      ...place,
      steps: [...(known?.steps ?? []), ...read.map(({ step }) => step)],
      texts: [...(known?.texts ?? []), ...read.map(({ texts }) => texts)],
      setups: [...(known?.setups ?? []), ...read.map(({ setup }) => setup)],
    };
  }
}

interface Step {
  step: number;
  setup: SampleSetup;
  texts: readonly string[];
}

/** Returns those that come without a failure; where none does, throws the first. */
async function wholeOnes<Value>(asked: Promise<Value>[]): Promise<Value[]> {
  const settled = await Promise.allSettled(asked);
  const whole = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed && whole.length === 0) throw failed.reason;
  return whole;
}

/** Returns what asks for the texts of a series. */
export function textsFrom(api: Api): Ask<SampleSeries> {
  return async function* ({ run, tag }, known, isLonger, signal) {
    // A step that was written anew takes the whole series with it: what came after it is of another training.
    const before = isLonger ? known : null;
    const frame = await api.texts(run, tag, before?.steps[before.steps.length - 1] ?? null, signal);
    for await (const series of readSeries({ run, tag }, frame, before))
      if (!before || series.steps.length > before.steps.length) yield series;
  };
}

function unpack(frame: Frame, name: "texts" | "setup"): Packed {
  const steps = Array.from(arrayOf(frame, `${name}.steps`, BigInt64Array).data, Number);
  const ends = Array.from(arrayOf(frame, `${name}.ends`, BigInt64Array).data, Number);
  const bytes = arrayOf(frame, `${name}.frames`, Uint8Array).data as Uint8Array<ArrayBuffer>;
  const rise = ends.every((end, index) => end >= (ends[index - 1] ?? 0));
  if (!rise || ends.length !== steps.length || (ends[ends.length - 1] ?? 0) !== bytes.length) {
    throw new FrameError(
      `The series "${name}" has ${steps.length} steps, ${ends.length} ends and ${bytes.length} bytes.`,
    );
  }
  return { steps, frames: ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)) };
}

async function readTexts(bytes: Uint8Array<ArrayBuffer>, setup: SampleSetup): Promise<readonly string[]> {
  const { texts } = checked(textsHeader, await readHeader(bytes));
  if (texts.length !== setup.samples.length)
    throw new FrameError(`A record has ${texts.length} texts of ${setup.samples.length} samples; it is damaged.`);
  return texts;
}

async function readSetups({ steps, frames }: Packed): Promise<[step: number, setup: SampleSetup][]> {
  return Promise.all(
    frames.map(async (bytes, index): Promise<[number, SampleSetup]> => {
      const { prompts, references, samples } = checked(samplesSetup, await readHeader(bytes));
      for (const { prompt } of samples) {
        if (prompts[prompt] === undefined || (references.length > 0 && references[prompt] === undefined))
          throw new FrameError(`A sample is of prompt ${prompt}, of which there are ${prompts.length}.`);
      }
      return [steps[index] as number, { prompts, references, samples }];
    }),
  );
}

async function readHeader(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  let buffer: ArrayBuffer;
  try {
    buffer = await gunzip(bytes);
  } catch {
    throw new FrameError("A frame is not compressed as it should be; the event file is damaged.");
  }
  return decodeFrame(buffer).header;
}

/** Returns the setup of each step: the last one written by then. */
export function setupsAt(
  steps: readonly number[],
  changes: readonly (readonly [step: number, setup: SampleSetup])[],
  before: SampleSetup | null,
): SampleSetup[] {
  let current = before;
  let next = 0;
  return steps.map((step) => {
    for (; next < changes.length && (changes[next]?.[0] ?? 0) <= step; next++) current = changes[next]?.[1] ?? null;
    if (!current) throw new FrameError(`There is no setup for step ${step}; the event file is damaged.`);
    return current;
  });
}
