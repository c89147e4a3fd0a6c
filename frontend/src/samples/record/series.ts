/** The texts of all steps of a series. */

import type { Api } from "../../host/api";
import type { Ask } from "../../store/growing.svelte";
import { arrayOf, decodeFrame, type Frame, FrameError } from "../../wire/frame";
import { gunzip } from "../../wire/gunzip";
import type { SamplesSetup, TextsHeader } from "../../wire/schema.gen";
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
  let texts: (readonly string[])[] = [];
  let from = packed.steps.length;
  while (from > 0) {
    const next = Math.max(0, from - Math.max(FIRST_LOT, texts.length));
    texts = (await Promise.all(packed.frames.slice(next, from).map(readTexts))).concat(texts);
    from = next;
    const known = from === 0 ? before : null;
    yield {
      ...place,
      steps: [...(known?.steps ?? []), ...packed.steps.slice(from)],
      texts: [...(known?.texts ?? []), ...texts],
      setups: [...(known?.setups ?? []), ...setups.slice(from)],
    };
  }
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
  if (ends.length !== steps.length || (ends[ends.length - 1] ?? 0) !== bytes.length) {
    throw new FrameError(
      `The series "${name}" has ${steps.length} steps, ${ends.length} ends and ${bytes.length} bytes.`,
    );
  }
  return { steps, frames: ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)) };
}

async function readTexts(bytes: Uint8Array<ArrayBuffer>): Promise<readonly string[]> {
  const { texts } = (await readHeader(bytes)) as Partial<TextsHeader>;
  if (!Array.isArray(texts)) throw new FrameError("A frame of texts has none; the event file is damaged.");
  return texts;
}

async function readSetups({ steps, frames }: Packed): Promise<[step: number, setup: SampleSetup][]> {
  const headers = (await Promise.all(frames.map(readHeader))) as SamplesSetup[];
  return headers.map(({ prompts, references, samples }, index) => [
    steps[index] as number,
    { prompts, references, samples },
  ]);
}

async function readHeader(bytes: Uint8Array<ArrayBuffer>): Promise<object> {
  let buffer: ArrayBuffer;
  try {
    buffer = await gunzip(bytes);
  } catch {
    throw new FrameError("A frame is not compressed as it should be; the event file is damaged.");
  }
  const { header } = decodeFrame(buffer);
  if (typeof header !== "object" || header === null) throw new FrameError("A frame has no header.");
  return header;
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
