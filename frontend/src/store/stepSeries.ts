/** What lies beside the records of a series, of all its steps in one answer of the route `texts`. */

import type { Api } from "../host/api";
import { type Frame, FrameError } from "../wire/frame";
import { expanded, type Packed, unpack } from "../wire/packed";
import type { Ask } from "./growing.svelte";

/** Arrays along the steps. */
export interface StepSeries<Setup, Entry> {
  run: string;
  tag: string;
  /** Rising. */
  steps: readonly number[];
  /** What each step holds. */
  entries: readonly Entry[];
  /** What holds for each step; the same object from step to step while it does not change. */
  setups: readonly Setup[];
  /** Steps that cannot be read, rising, and why the first of them cannot; left out where all can. */
  damaged?: { steps: readonly number[]; reason: string };
}

/** How the frames of a kind are read. */
export interface StepFormat<Setup, Entry> {
  readSetup(frame: Frame): Setup;
  readEntry(frame: Frame, setup: Setup): Entry;
}

/** The first steps to show, the newest ones; each further lot is as large as all before it. */
const FIRST_LOT = 48;

/**
 * Yields the series from what the route answers, as it grows backward from its newest step, the last time whole.
 *
 * Args:
 *     frame: the answer of the route.
 *     before: what is known already, whose steps come before those of the frame; null if nothing is.
 */
export async function* readStepSeries<Setup, Entry>(
  place: { run: string; tag: string },
  frame: Frame,
  before: StepSeries<Setup, Entry> | null,
  format: StepFormat<Setup, Entry>,
): AsyncGenerator<StepSeries<Setup, Entry>> {
  const packed = unpack(frame, "texts");
  const changes = await readSetups(unpack(frame, "setup"), format);
  const setups = setupsAt(packed.steps, changes, before?.setups[before.setups.length - 1] ?? null);
  let read: { step: number; setup: Setup; entry: Entry }[] = [];
  let damaged: DamagedStep[] = [];
  let from = packed.steps.length;
  while (from > 0) {
    const next = Math.max(0, from - Math.max(FIRST_LOT, read.length));
    const lot = packed.frames.slice(next, from).map(async (bytes, at) => {
      const [step, setup] = [packed.steps[next + at] as number, setups[next + at] as Setup];
      return { step, setup, entry: format.readEntry(await expanded(bytes), setup) };
    });
    const settled = await Promise.allSettled(lot);
    read = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])).concat(read);
    damaged = settled
      .flatMap((one, at) =>
        one.status === "rejected" ? [{ step: packed.steps[next + at] as number, reason: one.reason }] : [],
      )
      .concat(damaged);
    from = next;
    const known = from === 0 ? before : null;
    if (read.length === 0 && from === 0 && damaged[0] && !known) throw damaged[0].reason;
    if (read.length === 0 && from > 0) continue;
    yield {
      run: place.run,
      tag: place.tag,
      steps: [...(known?.steps ?? []), ...read.map(({ step }) => step)],
      entries: [...(known?.entries ?? []), ...read.map(({ entry }) => entry)],
      setups: [...(known?.setups ?? []), ...read.map(({ setup }) => setup)],
      ...damagedOf(known, damaged),
    };
  }
}

/** Returns what asks for a series of this kind. */
export function stepSeriesFrom<Setup, Entry>(
  api: Api,
  format: StepFormat<Setup, Entry>,
): Ask<StepSeries<Setup, Entry>> {
  return async function* ({ run, tag }, known, isLonger, signal) {
    // A step that was written anew takes the whole series with it: what came after it is of another training.
    const before = isLonger ? known : null;
    const frame = await api.texts(run, tag, before?.steps[before.steps.length - 1] ?? null, signal);
    for await (const series of readStepSeries({ run, tag }, frame, before, format))
      if (!before || series.steps.length > before.steps.length || series.damaged !== before.damaged) yield series;
  };
}

interface DamagedStep {
  step: number;
  reason: unknown;
}

function damagedOf(
  known: Pick<StepSeries<never, never>, "damaged"> | null,
  damaged: readonly DamagedStep[],
): Pick<StepSeries<never, never>, "damaged"> {
  const [first] = damaged;
  // Those after the newest one that could be read are asked for again.
  const steps = [...new Set([...(known?.damaged?.steps ?? []), ...damaged.map(({ step }) => step)])];
  if (steps.length === 0) return {};
  const reason = first?.reason instanceof Error ? first.reason.message : String(first?.reason);
  return { damaged: { steps, reason: known?.damaged?.reason ?? reason } };
}

async function readSetups<Setup>(
  { steps, frames }: Packed,
  { readSetup }: Pick<StepFormat<Setup, never>, "readSetup">,
): Promise<[step: number, setup: Setup][]> {
  return Promise.all(
    frames.map(
      async (bytes, index): Promise<[number, Setup]> => [steps[index] as number, readSetup(await expanded(bytes))],
    ),
  );
}

/** Returns the setup of each step: the last one written by then. */
export function setupsAt<Setup>(
  steps: readonly number[],
  changes: readonly (readonly [step: number, setup: Setup])[],
  before: Setup | null,
): Setup[] {
  let current = before;
  let next = 0;
  return steps.map((step) => {
    for (; next < changes.length && (changes[next]?.[0] ?? 0) <= step; next++) current = changes[next]?.[1] ?? null;
    if (!current) throw new FrameError(`There is no setup for step ${step}; the event file is damaged.`);
    return current;
  });
}
